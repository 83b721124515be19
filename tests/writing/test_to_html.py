"""Reports in notebooks."""

from __future__ import annotations

from html.parser import HTMLParser

from symgrad.verify import verify

NOTE = r"""Let $x \in \mathbb R^n$ and $L = \sum_{k=1}^n x_k^2$.
$$\frac{\partial L}{\partial x} = 2x$$
$$\frac{\partial L}{\partial x} = 3x$$
$$1 < 2, \quad \sum_{k=1}^m x_k = <script>alert(1)</script>$$
"""


class Table(HTMLParser):
    """The text of each row, and the tags in order."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.tags, self.open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append("")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.rows:
            self.rows[-1] += data


def test_a_report_is_a_table_of_verdicts():
    html = verify(NOTE, second_opinion=False)._repr_html_()
    table = Table(html)
    assert table.open == []
    head, *rows = table.rows
    assert head.startswith("placeverdict")
    assert any(row.startswith("2:") and "proved" in row for row in rows)
    wrong = next(row for row in rows if row.startswith("3:"))
    assert "refuted" in wrong
    assert "right: $2x$" in wrong
    assert "1 proved, 1 refuted" in html


def test_what_comes_from_a_note_is_escaped():
    html = verify(NOTE, second_opinion=False)._repr_html_()
    assert "script" not in Table(html).tags
    assert "&lt;script&gt;" in html
