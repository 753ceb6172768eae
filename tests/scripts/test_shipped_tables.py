"""Of every package that is there the tables are tried, and of the others it is said."""

from scripts.benchmarks import tables


def test_tables_of_a_package_are_found_and_tried_and_those_that_lack_are_told(monkeypatch):
    monkeypatch.setattr(tables, "FOLDERS", {"sklearn": "datasets/data", "no_such_package": "."})
    monkeypatch.setattr(tables, "SHAPE", (50, 20))
    result = tables.tables(1, True)
    rows = {name: what for name, _, what in result.tables[0].rows}
    assert rows["sklearn: iris.csv"].startswith("multiclass, 120 points")
    assert rows["sklearn: wine_data.csv"].startswith("refused: the header of 'wine_data.csv'")
    assert "left out: no_such_package" in result.notes[1]
    assert [target.limit for target in result.targets] == [1.5]
