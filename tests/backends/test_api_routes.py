"""Which route a request takes."""

from __future__ import annotations

import pytest

from turnstile.backends.api_routes import Route, take

ROUTES = [
    Route("ANY", "/{proxy+}"),
    Route("GET", "/orders/{id}"),
    Route("GET", "/orders/new"),
    Route("ANY", "/orders/{id}"),
    Route("POST", "/"),
]


@pytest.mark.parametrize(
    ("method", "path", "route", "values"),
    [
        ("GET", "/orders/new", ("GET", "/orders/new"), {}),
        ("GET", "/orders/7", ("GET", "/orders/{id}"), {"id": "7"}),
        ("PUT", "/orders/7", ("ANY", "/orders/{id}"), {"id": "7"}),
        ("PUT", "/orders/7/lines/1", ("ANY", "/{proxy+}"), {"proxy": "orders/7/lines/1"}),
        ("POST", "/", ("POST", "/"), {}),
    ],
)
def test_the_most_specific_route_is_taken(method, path, route, values):
    """A fixed segment before a parameter, that before the rest, and a method of its own before any."""
    taken = take(ROUTES, method, path)
    assert ((taken.route.method, taken.route.path), taken.values) == (route, values)


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("DELETE", "/")])
def test_no_route_fits(method, path):
    """The rest of a path is at least one segment."""
    assert take(ROUTES, method, path) is None


def test_the_default_route_is_the_last_resort():
    """It fits every request that has no other route."""
    routes = [Route("ANY", "$default"), Route("GET", "/{proxy+}")]
    assert take(routes, "GET", "/x").route.path == "/{proxy+}"
    assert take(routes, "POST", "/x").route.path == "$default"
