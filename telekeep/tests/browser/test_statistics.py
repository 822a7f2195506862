"""Plots and the numbers beside them."""

import accessible
import tale as story
from reader import PHONE

TABLES = """(all) => all.map((table) => ({
  caption: table.caption.textContent, heads: [...table.querySelectorAll("thead th[scope=col]")].map((one) => one.textContent),
  rows: [...table.tBodies[0].rows].map((row) => [row.querySelector("th[scope=row]").textContent,
    ...[...row.querySelectorAll("td")].map((one) => one.textContent)]) }))"""


def numbers(one):
    return {table["caption"]: table for table in one.all(".numbers table").evaluate_all(TABLES)}


def test_every_plot_has_its_numbers(reader, tale):
    one = reader(tale)
    one.go("/statistics")
    tables = numbers(one)
    headings = one.all(".sheet h2").evaluate_all("(all) => all.map((one) => one.textContent)")
    assert list(tables) == headings and len(headings) == 6
    assert tables["Messages over time"]["heads"] == ["Month", "Messages"]
    said = sum(int(row[1]) for row in tables["Messages over time"]["rows"])
    hours = tables["By weekday and hour"]
    assert len(hours["rows"]) == 24 and len(hours["heads"]) == 8
    assert sum(int(cell) for row in hours["rows"] for cell in row[1:]) == said
    assert ["Boris", "Carla of the Hills"] == [row[0] for row in tables["By person"]["rows"][:2]]


def test_the_network_is_there_for_all_chats_and_for_one(reader, tale):
    one = reader(tale)
    one.go("/statistics")
    everywhere = numbers(one)["Who answers whom"]["rows"]
    assert ["Carla of the Hills", "Boris", "1"] in everywhere and one.all(".network line").count() == len(everywhere)
    one.go(f"/statistics?chat={story.forum()}")
    assert numbers(one)["Who answers whom"]["rows"] == [["Carla of the Hills", "Boris", "1"]]


def test_lists_that_are_cut_say_so(reader, tale):
    one = reader(tale)
    one.go("/statistics")
    assert one.all(".cloud small").first.inner_text().startswith("and ")


def test_the_week_stands_upright_on_a_phone(reader, tale):
    one = reader(tale, size=PHONE)
    one.go("/statistics")
    boxes = one.all(".heat [title]").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect()).map(({ x, y, width, height }) => [x, y, width, height])")
    assert len(boxes) == 168
    assert boxes[1][1] > boxes[0][1] and boxes[24][0] > boxes[0][0], "hours go down, days across"
    assert min(box[2] for box in boxes) >= 24 and min(box[3] for box in boxes) >= 16
    assert one.eval("() => { const main = document.getElementById('main'); return main.scrollWidth <= main.clientWidth; }")
    network = one.all(".network svg").bounding_box()
    assert network["x"] >= 0 and network["x"] + network["width"] <= 390


def test_axe_finds_nothing_in_open_tables(reader, tale):
    one = reader(tale, watch=False)
    one.go("/statistics")
    # The page around them is looked at with all others.
    one.eval("() => document.querySelectorAll('.numbers').forEach((one) => { one.open = true; })")
    assert accessible.found(one, include=".numbers") == []
    one.look(PHONE, "light")
    assert accessible.found(one, accessible.ONLY_LAYOUT, include=".numbers") == []
