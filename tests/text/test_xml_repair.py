"""XML as outlets send it, mended in its text alone."""

from __future__ import annotations

import pytest

from monitor.text.bytes.xml_repair import repair_xml


@pytest.mark.parametrize(
    ("sent", "mended"),
    [
        ("<rss>R&D by AT&T</rss>", "<rss>R&amp;D by AT&amp;T</rss>"),
        ("<rss>&amp; &lt; &#38; &#x26;</rss>", "<rss>&amp; &lt; &#38; &#x26;</rss>"),
        ("<rss>&eacute;&nbsp;&AMP;&LT;&nobody;</rss>", "<rss>é\xa0&#38;&#60;&amp;nobody;</rss>"),
        ("<rss>&#xD83D;&#xDE00; &#55357;&#56832;</rss>", "<rss>😀 😀</rss>"),
        ("<rss>&#55296;&#55296; &#57343;&#57343; &#xD83D; &#0; &#1114112; &#9999999999;</rss>", "<rss>     </rss>"),
        ("<a>5 < 7 <= 8, x<3 <b:c/><é/></a>", "<a>5 &lt; 7 &lt;= 8, x&lt;3 <b:c/><é/></a>"),
        ("<rss>&#55000;&#56832;</rss>", "<rss>&#55000;</rss>"),
        ("<rss>\x00\x0b\ud83d\uffff</rss>", "<rss></rss>"),
        ("<rss><![CDATA[R&D &#55357; <b>]]>&<!-- R&D -->&</rss>", None),
        ("<rss><![CDATA[R&D", "<rss><![CDATA[R&D"),
        ("<rss><!-- R&D", "<rss><!-- R&D"),
        ("\n \ufeff<?xml version='1.0' encoding='koi8-r'?>\n<rss/>", "<rss/>"),
        ("<br />\n<b>Warning</b>: x in y on line 3<br />\n<?xml version='1.0'?><urlset/>", "<urlset/>"),
        ("<br /><b>Notice</b>: x<sm:urlset/>", "<sm:urlset/>"),
        ("  no XML & no root", "no XML &amp; no root"),
        ("", ""),
    ],
)
def test_what_is_mended(sent: str, mended: str | None) -> None:
    kept = "<rss><![CDATA[R&D &#55357; <b>]]>&amp;<!-- R&D -->&amp;</rss>"
    assert repair_xml(sent) == (kept if mended is None else mended)


def test_sections_that_never_end_take_no_time() -> None:
    assert len(repair_xml("<rss>" + "<![CDATA[" * 100_000)) == 5 + 900_000
