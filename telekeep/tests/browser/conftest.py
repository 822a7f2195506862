"""What all tests share: the archives and their viewers, Chromium, and readers that watch.

Run by telekeep/tests/it/browser.rs, or by hand:

    TELEKEEP_PROGRAM=target/debug/telekeep target/python/browser/bin/python -m pytest telekeep/tests/browser
"""

import concurrent.futures
import functools
import json
import os
import pathlib
import shutil
import tempfile

import pytest
from playwright.sync_api import sync_playwright

import archives
from program import Served
from reader import Pages, Reader

ROOT, SITES = "TELEKEEP_BROWSER_ARCHIVES", "TELEKEEP_BROWSER_SITES"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--disable-quic", "--no-first-run", "--autoplay-policy=no-user-gesture-required"]


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="also every page in every size, scheme and language; 50,000 messages")
    parser.addoption("--screenshots", help="folder for pictures of every page, to be looked at")


def pytest_configure(config):
    config.addinivalue_line("markers", "heavy: only with --full")
    if ROOT not in os.environ:
        # Before the workers start: they inherit it.
        os.environ[ROOT] = config.archives = tempfile.mkdtemp(prefix="telekeep-browser-")
        try:
            archives.make(config.archives, config.getoption("--full"))
            # One viewer for each archive, for all workers.
            with concurrent.futures.ThreadPoolExecutor() as beside:
                folders = [pathlib.Path(config.archives) / name for name in archives.NAMES]
                config.served = list(beside.map(Served, folders))
        except BaseException:
            shutil.rmtree(config.archives, ignore_errors=True)
            raise
        os.environ[SITES] = json.dumps({site.folder.name: site.entrance for site in config.served})


def pytest_unconfigure(config):
    for site in getattr(config, "served", ()):
        site.stop()
    if hasattr(config, "archives"):
        shutil.rmtree(config.archives, ignore_errors=True)
        del os.environ[ROOT]


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--full"):
        heavy = pytest.mark.skip(reason="only with --full")
        for item in items:
            if "heavy" in item.keywords:
                item.add_marker(heavy)


@pytest.fixture(scope="session")
def full(pytestconfig):
    return pytestconfig.getoption("--full")


@pytest.fixture(scope="session")
def viewers():
    """The viewer of an archive, by its name."""
    addresses = json.loads(os.environ[SITES])
    return functools.cache(lambda name: Served(pathlib.Path(os.environ[ROOT]) / name, addresses[name]))


@pytest.fixture(scope="session")
def world(viewers):
    return viewers("world")


@pytest.fixture(scope="session")
def tale(viewers):
    return viewers("tale")


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("TELEKEEP_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "no Chromium; install the package 'chromium' or name one in TELEKEEP_CHROMIUM"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def empty_pages(browser):
    return Pages(browser)


@pytest.fixture
def reader(empty_pages, request):
    """Makes readers; each must have seen nothing bad when the test ends."""
    made = []

    def make(site, **more):
        made.append(Reader(empty_pages, site, **more))
        return made[-1]

    yield make
    failed = getattr(request.node, "failed", False)
    problems = []
    for one in made:
        try:
            one.end()
        except AssertionError:
            problems += one.problems
    assert problems == [] or failed, problems


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call" and outcome.get_result().failed:
        item.failed = True
