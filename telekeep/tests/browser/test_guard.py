"""Over real HTTP, on every route: without the cookie, with a foreign Host, from a foreign page, with tricks in paths
and ranges. What comes back is a refusal, and never a word of the archive."""

import http.client
import pathlib
import re

import pytest

import tale as story

VIEW = pathlib.Path(__file__).parents[3] / "telekeep-view" / "src"
"""One address for every route, by the pattern in the program's source."""
ROUTES = {
    "/": "/", "/chat/{chat}": "/chat/5", "/chat/{chat}/topic/{topic}": f"/chat/{story.club()}/topic/1",
    "/chat/{chat}/topic/{topic}/day": f"/chat/{story.club()}/topic/1/day?day=2023-11-03",
    "/chat/{chat}/topics": f"/chat/{story.forum()}/topics", "/chat/{chat}/calendar": "/chat/5/calendar", "/chat/{chat}/day": "/chat/5/day?day=2023-11-03",
    "/chat/{chat}/members": f"/chat/{story.club()}/members", "/chat/{chat}/links": f"/chat/{story.club()}/links",
    "/chat/{chat}/log": f"/chat/{story.club()}/log",
    "/chat/{chat}/{id}/history": "/chat/5/15/history", "/chat/{chat}/{id}/people": "/chat/5/15/people", "/search": "/search?q=boat", "/gallery": "/gallery",
    "/profile/{peer}": "/profile/5", "/name/{name}": "/name/ada", "/statistics": "/statistics",
    "/coverage": "/coverage", "/account": "/account", "/payments": "/payments", "/folders": "/folders",
    "/notifications": "/notifications", "/shelf/{*name}": "/shelf/saved_gifs", "/stories": "/stories?q=ferry", "/notes": "/notes?q=harbour", "/settings": "/settings", "/preferences": "/preferences",
    "/assets/{hash}/{name}": "/assets/0/app.css", "/file/{*key}": "/file/photo/100/y",
    "/thumb/{*key}": "/thumb/photo/100/y", "/tiny/{preview}": "/tiny/AAAA",
}
SECRETS = (b"Lovelace", b"lighthouse", b"Boris", b"\xff\xd8\xff")


def ask(site, path, method="GET", body=None, **headers):
    """Status and body of an answer to exactly these headers."""
    host = site.base.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in ({"Host": host} | headers).items():
        if value is not None:
            connection.putheader(name.replace("_", "-"), value)
    connection.endheaders(body)
    answer = connection.getresponse()
    got = answer.status, answer.read()
    connection.close()
    return got


def cookie(site):
    return "=".join(site.cookie)


def test_this_list_has_every_route():
    sources = "".join(file.read_text() for file in VIEW.rglob("*.rs"))
    assert set(re.findall(r'\.route\(\s*"([^"]+)"', sources)) == set(ROUTES)


@pytest.mark.parametrize("path", ROUTES.values())
def test_every_route_refuses_strangers(tale, path):
    good, host = cookie(tale), tale.base.removeprefix("http://")
    name = good.split("=")[0]
    for wrong in (None, "", f"{name}=", f"{name}=0", good[:-1], good.upper(), f"x{good}"):
        refused(tale, path, 401, Cookie=wrong)
    port = host.split(":")[1]
    for wrong in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1.nip.io:{port}",
                  f"{host}.evil.example", f"evil.example/{host}", None):
        refused(tale, path, (400, 421), Host=wrong, Cookie=good)
    for wrong in ("https://evil.example", "null", f"https://{host}", "http://127.0.0.1:1", "http://localhost", "file://"):
        refused(tale, path, 403, Origin=wrong, Cookie=good)
    # A link elsewhere may be followed to the door: browsers leave the cookie out then.
    for wrong in ("cross-site", "same-site") if path != "/" else ():
        refused(tale, path, 403, Sec_Fetch_Site=wrong, Cookie=good)


def refused(site, path, statuses, **headers):
    status, body = ask(site, path, **headers)
    assert status in (statuses if isinstance(statuses, tuple) else (statuses,)), (path, headers, status)
    assert not any(secret in body for secret in SECRETS), (path, headers)


def test_the_printed_token_opens_nothing_but_the_door(tale):
    token = tale.entrance.split("token=")[1]
    for path in ROUTES.values():
        if path != "/":
            separator = "&" if "?" in path else "?"
            refused(tale, f"{path}{separator}token={token}", (303, 401))
    for wrong in ("", "0", token[:-1], token.upper() + "x", "%00", token + "%0a"):
        refused(tale, f"/?token={wrong}", 401)


@pytest.mark.parametrize("path", [
    "/file/../../../../etc/passwd", "/file/..%2f..%2f..%2f..%2fetc%2fpasswd", "/file/%2e%2e/%2e%2e/etc/passwd",
    "/file//etc/passwd", "/file/photo/100/y%00.jpg", "/file/..\\..\\telekeep.json", "/file/blobs/../telekeep.json",
    "/assets/0/../../Cargo.toml", "/assets/0/..%2f..%2fCargo.toml", "/assets/..%2f/app.css", "/thumb/..%2f..%2fetc%2fpasswd",
    "/tiny/..%2f..%2fetc%2fpasswd", "/tiny/" + "A" * 6000, "/name/..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd",
    "/chat/5%2f..%2f6", "/chat/5/../../etc", "/profile/5%00", "/chat/" + "9" * 400,
])
def test_paths_lead_nowhere_else(tale, path):
    status, body = ask(tale, path, Cookie=cookie(tale))
    assert 400 <= status < 500, status
    assert b"root:" not in body and b"[package]" not in body and b'"checksum"' not in body


@pytest.mark.parametrize("asked, status, length", [
    ("bytes=0-0", 206, 1), ("bytes=0-", 206, 22), ("bytes=-5", 206, 5), ("bytes=-99999999999999999999", 206, 22),
    ("bytes=0-99999999999999999999", 206, 22), ("bytes=22-", 416, None), ("bytes=99999999999999999999-", 416, None),
    ("bytes=5-1", (200, 416), None), ("bytes=-0", 416, None), ("bytes=a-b", (200, 416), None), ("lines=0-1", 200, 22),
    ("bytes=" + ",".join(f"{n}-{n}" for n in range(2000)), (200, 206, 416), None),
])
def test_ranges_stay_inside_the_file(tale, asked, status, length):
    got, body = ask(tale, "/file/document/240", Cookie=cookie(tale), Range=asked)
    assert got in (status if isinstance(status, tuple) else (status,))
    assert length is None or len(body) == length
    assert len(body) < 100_000


def test_forms_need_their_own_token(tale):
    form = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": cookie(tale), "Origin": tale.base}
    for body in (b"language=de", b"csrf=&language=de", b"csrf=0&language=de"):
        status, _ = ask(tale, "/preferences", "POST", body, Content_Length=str(len(body)), **form)
        assert status == 403
    status, page = ask(tale, "/settings", Cookie=cookie(tale))
    csrf = re.search(rb'name="csrf" value="([^"]+)"', page)[1]
    body = b"csrf=" + csrf + b"&language=de&back=//evil.example"
    assert ask(tale, "/preferences", "POST", body, Content_Length=str(len(body)), **form)[0] == 303
    foreign = form | {"Origin": "http://evil.example"}
    assert ask(tale, "/preferences", "POST", body, Content_Length=str(len(body)), **foreign)[0] == 403


def test_the_server_outlives_all_of_it(tale):
    assert ask(tale, "/", Cookie=cookie(tale))[0] == 200
