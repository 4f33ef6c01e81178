"""Archives with code: what may be unpacked, and where handlers in folders, archives and layers are found."""

import io
import stat
import zipfile
from dataclasses import replace

import pytest

from turnstile.backends.handlers.archive import BadArchive, entries, packed, unpack
from turnstile.backends.handlers.probe import probe
from turnstile.world.function import Archive, Folder


def _zip(name="a.py", text=b"", mode=stat.S_IFREG | 0o644, **facts):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    for fact, value in facts.items():
        setattr(entry, fact, value)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _bomb():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 263_000_000)
    return written.getvalue()


REFUSED = {
    "no archive": (b"PK nothing", "no"),
    "a path upwards": (_zip("../evil.py"), "`..`"),
    "a path upwards inside": (_zip("a/../../evil.py"), "`..`"),
    "an absolute path": (_zip("/etc/evil.py"), "absolute"),
    "a path of another system": (_zip("C:\\evil.py"), "absolute"),
    "a link": (_zip("link", b"/etc/passwd", stat.S_IFLNK | 0o777), "symbolic link"),
    "a device": (_zip("device", b"", stat.S_IFIFO | 0o644), "no file"),
    "a damaged entry": (packed({"a.py": "x" * 100}).replace(b"x" * 100, b"y" * 100), "damaged"),
}


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED)
def test_what_may_not_be_unpacked_is_refused(data, words, tmp_path):
    """By the reason; nothing lies outside of the folder."""
    with pytest.raises(BadArchive) as refused:
        unpack(data, tmp_path / "code")
    assert words in refused.value.reason or words == "no"
    assert {path.name for path in tmp_path.iterdir()} <= {"code"}


def test_an_archive_that_swells_is_refused_before_it_is_read():
    """By what its entries say."""
    with pytest.raises(BadArchive) as refused:
        entries(_bomb())
    assert refused.value.too_large


def test_files_keep_that_they_can_be_run(tmp_path):
    """And the same texts make the same archive."""
    unpack(_zip("bin/tool", b"#!", stat.S_IFREG | 0o755), tmp_path)
    assert (tmp_path / "bin/tool").stat().st_mode & stat.S_IXUSR
    assert packed({"a": "1"}) == packed({"a": "1"})


async def test_handlers_in_folders_and_archives_run(aws_lambda):
    """A module in a package, by Lambda's two ways to write it; modules beside it are found."""
    folder = aws_lambda.folder / "src"
    (folder / "api").mkdir(parents=True)
    (folder / "api/app.py").write_text("import helper\ndef go(event, context): return helper.value, __file__[-10:]")
    (folder / "helper.py").write_text("value = 'folder'")
    for handler in ("api/app.go", "api.app.go"):
        aws_lambda.declare(Folder(folder, handler), handler.replace("/", "-").replace(".", "_"))
        assert await aws_lambda.invoke(name=handler.replace("/", "-").replace(".", "_")) == ["folder", "api/app.py"]
    archive = packed({"app.py": "import helper\ndef go(event, context): return helper.value", "helper.py": "value = 1"})
    aws_lambda.declare(Archive(archive, "app.go"), "zip")
    assert await aws_lambda.invoke(name="zip") == 1


async def test_layers_join_the_path_behind_the_code(aws_lambda):
    """Folders and archives; a later layer goes before an earlier one, and the function's own files before all."""
    folder = aws_lambda.folder / "layer"
    (folder / "python").mkdir(parents=True)
    for name in ("own", "both", "first"):
        (folder / f"python/{name}.py").write_text("at = 'folder'")
    path = aws_lambda.folder / "layer.zip"
    path.write_bytes(packed({"python/own.py": "at = 'zip'", "python/both.py": "at = 'zip'"}))
    (aws_lambda.folder / "own.py").write_text("at = 'code'")
    aws_lambda.declare(
        "import own, both, first\ndef handler(event, context): return [own.at, both.at, first.at]",
        layers=(folder, path),
    )
    assert await aws_lambda.invoke() == ["code", "zip", "folder"]


async def test_faults_of_packed_code_name_the_file_in_it(aws_lambda):
    """Where the archive was unpacked is nobody's business."""
    bad = aws_lambda.declare(Archive(packed({"app.py": "def go(:"}), "app.go"), "bad")
    gone = aws_lambda.declare(Archive(packed({"app.py": ""}), "other.go"), "gone")
    nameless = replace(bad, code=Archive(packed({"app.py": ""}), "go"))
    refused = replace(bad, code=Archive(_zip("../x"), "x.go"))
    faults = await probe(aws_lambda.handlers, [bad, gone, nameless, refused])
    assert [fault.code for fault in faults] == ["handler-syntax", "handler-import", "handler-name", "bad-archive"]
    assert str(faults[0].where) == "<code of bad>/app.py:1:8"
    assert not any("turnstile-" in fault.message + str(fault.where) for fault in faults)
