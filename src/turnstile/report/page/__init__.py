"""What the HTML page is made of: styles and scripts, shipped as they are. No code of the program stands here."""
