"""A finger on the page."""


def swipe(page, x, y, across, down):
    """A finger that moves: real touches, which the browser may take for scrolling."""
    touch = page.context.new_cdp_session(page)
    send = lambda kind, at: touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})  # noqa: E731
    send("touchStart", [{"x": x, "y": y}])
    for k in range(1, 9):
        send("touchMove", [{"x": x + across * k / 8, "y": y + down * k / 8}])
    send("touchEnd", [])
