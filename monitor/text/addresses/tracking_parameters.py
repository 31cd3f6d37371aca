"""Names of query parameters that say where a reader came from or who they are, never which page is asked for.

Facts from the public lists (2026-10): ClearURLs' global rules, Brave's query filter, Miniflux, and those that courlan
collects (AdGuard, Firefox). Whole names only. Left out on purpose, because content systems tell pages apart by them:
`ref`, `source`, `campaign_id`, `id`, `uid`, `eid`, `si`, and ClearURLs' `mc` with one letter before it.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_FAMILIES = (
    r"(?:utm|itm|mtm|otm|piwik|matomo|hsa|mc|mkt|oly|vero|_hs|ga|hmb|oft|bsft|vn)_[a-z_]+",
    r"utm",
    r"pk_(?:campaign|kwd|source|medium|content|cid|keyword)",
    r"(?:dc|fbc|gc|twc|yc|ysc|ymc|msc|ttc)lid|irclickid",
    r"(?:rb_|unicorn_)click_?id",
    r"fb_(?:action_ids|action_types|comment_id|ref|source)",
    r"action_(?:object|type|ref)_map",
    r"__?(?:hsfp|hssc|hstc|hsenc|hsmi)|hsctatracking",
    r"at_(?:medium|campaign|custom\d|recipient_id|recipient_list)",
    r"ns_(?:campaign|source|mchannel|linkname|fee)",
    r"sc_(?:cid|customer|eh|uid)|s_cid|ss_email_id|ml_subscriber(?:_hash)?|ck_subscriber_id",
    r"guccounter|guce_referr?er(?:_sig)?",
    r"wt_?z?mc|wtrid",
    r"_branch_(?:match_id|referrer)",
    r"phpsessid|jsessionid|aspsessionid[a-z]*|cfid|cftoken",  # sessions: others at every poll, and no page needs one
)
_NAMES = (
    "msclkid gbraid wbraid gclsrc gs_l srsltid wickedid igshid igsh _ga _gl _kx _bhlid _openstat __s "
    "__twitter_impression __readwiselocation bbeml et_rid vgo_ee os_ehash tracking_source ceneo_spo echobox "
    "xtor cmpid ocid ncid smid sref ref_src ref_url soc_src soc_trk spm icid intcmp epik li_fat_id zanpid wt.mc_id"
)
_TRACKING = re.compile("|".join((*_FAMILIES, *map(re.escape, _NAMES.split()))))


def is_tracking_parameter(name: str) -> bool:
    """Whether a query parameter of this name, as it stands in the address, names a campaign, a click or a referrer."""
    plain = unquote(name).lower().removeprefix("?").removeprefix("amp;")
    return _TRACKING.fullmatch(plain) is not None
