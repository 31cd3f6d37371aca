"""One outlet under inspection by `seedwatch init URL`: what it names is asked, tried and sampled; nothing is written.

What the page's head and robots.txt name is asked first, common addresses only for what they leave open. An endpoint
counts once it was read; an outlet counts once one of its articles was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from monitor.commands.reports.outlet.outlet_report import (
    CURES,
    ArticleSample,
    OutletReport,
    TriedPlace,
    judge_samples,
    list_newest,
    sample_article,
)
from monitor.config.load import load_outlet_defaults
from monitor.daemon.engine import Engine
from monitor.discovery.outlet import homepage
from monitor.discovery.outlet.homepage import Homepage, choose_source_name, parse_robots_sitemaps, read_homepage
from monitor.discovery.outlet.url_patterns import infer_article_pattern, infer_page_pattern
from monitor.discovery.poll_interval import propose_poll_interval
from monitor.discovery.source_defaults import build_source
from monitor.extraction.extract import extract_article
from monitor.fetching.single_fetch import FetchFailure, Probe, ProbeAnswer
from monitor.model.page import Outcome, Page, Rejection
from monitor.model.source import Endpoint, Entry, Listing, Source
from monitor.text.html_text import is_html
from monitor.text.refused_answers import reject_answer
from monitor.text.urls import (
    build_canonical_address,
    build_link_key,
    has_same_site,
    is_article_url,
    normalize_url,
    parse_host,
    strip_tracking,
)

EVERY = "15m"  # where too few of its pieces are dated to say how often it has news
_REST = "/wp-json/"  # where WordPress's REST API stands below its root
# Parts of a sitemap index looked into for one with recent pages.
_PARTS = 3
_LISTED = 5  # links a page must have to articles, to be worth polling as a list
_KEYS = {"feed": "feeds", "sitemap": "sitemaps", "listing": "listings"}


class OutletSearch:
    """One outlet under inspection."""

    def __init__(self, spider: Probe, engine: Engine, url: str, announce: Callable[[str], None]) -> None:
        self.spider = spider
        self.engine = engine
        self.url = url
        self.announce = announce
        self.tried: list[TriedPlace] = []
        self.trouble: FetchFailure | None = None  # the first endpoint that gave no answer
        self.system: str | None = None  # the content system whose list APIs answer
        self.lists: tuple[str, ...] = ()  # where they stand, when that is not below the home page
        self.entries: dict[str, dict[str, Entry]] = {}  # endpoint URL → its entries by key
        self.titles: list[str] = []  # what its feeds call themselves

    async def run(self) -> OutletReport:
        """The whole inspection."""
        known = (
            name for name, table in load_outlet_defaults().items() if has_same_site(table.get("address", ""), self.url)
        )
        if spider := next(known, None):
            return await self._shipped(build_source(spider, spider, None, load_outlet_defaults()))
        page = await self.spider.page(self.url)
        if isinstance(page, FetchFailure):
            return self._failed(page.kind, page.reason)
        if not has_same_site(self.url, page.final_url):
            return self._failed("elsewhere", f"it leads to another site: {page.final_url}")
        wall = reject_answer(page)
        if wall is not None and wall.outcome is not Outcome.NOT_ARTICLE:
            kind = wall.outcome.value
            return self._failed(kind if kind in CURES else "failed", wall.reason)
        if not is_html(page.body) and (found := await self._given(page)) is not None:
            return found
        return await self._searched(page)

    async def _shipped(self, source: Source) -> OutletReport:
        """An outlet that brings its addresses: one endpoint of each kind is tried."""
        kinds: dict[str, Endpoint] = {}
        for endpoint in source.endpoints:
            kinds.setdefault(endpoint.kind, endpoint)
        for endpoint in kinds.values():
            await self._try(endpoint, source, "shipped")
        table = {"spider": source.spider, "every": EVERY}
        return await self._sampled(source, table, source.title)

    async def _given(self, page: Page) -> OutletReport | None:
        """The URL is a feed or a sitemap itself; None where it is neither."""
        for kind in ("feed", "sitemap"):
            endpoint = Endpoint(kind=kind, url=page.final_url)
            read = await self.spider.read(endpoint, page, _any(page.final_url))
            if isinstance(read, Listing) and (read.entries or read.more):
                await self._keep(endpoint, read, "given", _any(page.final_url))
                return await self._settled(homepage.find_listed_root(page.final_url, self._links(kind)), None)
        return None

    async def _searched(self, page: Page) -> OutletReport:
        """The URL is a page: its head, robots.txt, then common addresses."""
        home = page.final_url
        said = read_homepage(page.body, page.content_type, home)
        robots = await self.engine.store.read(self.engine.store.sources.robots, parse_host(home))
        await self._each("feed", said.feeds, "the page's head", home)
        if not self._good("feed"):
            await self._first("feed", homepage.FEED_PATHS, home)
        await self._lists(said, home)
        if self.system is None:
            await self._each("sitemap", parse_robots_sitemaps(robots.text if robots else "", home), "robots.txt", home)
        if self.system is None and not self._good("sitemap"):
            await self._first("sitemap", homepage.SITEMAP_PATHS, home)
        return await self._settled(home, said)

    async def _lists(self, said: Homepage, home: str) -> None:
        """The list APIs of a content system that the page's head names."""
        rest = said.rest if said.rest is not None and said.rest.endswith(_REST) else None
        system = "wordpress" if rest is not None else "drupal" if said.generator == "Drupal" else None
        if system is None:
            return
        root = homepage.find_root(home) if rest is None else rest.removesuffix(_REST)
        places = [f"{root}{path}" for path in load_outlet_defaults()[system]["api"]["urls"]]
        for place in places:
            source = replace(_any(home), spider=system)
            if not await self._try(Endpoint(kind="api", url=place), source, "the page's head"):
                return
        self.system = system
        self.lists = () if root == homepage.find_root(home) else tuple(places)

    # — endpoints —————————————————————————————————————————————————————————————————————————————————————————————————

    async def _each(self, kind: str, found: Iterable[str], where: str, home: str) -> None:
        for url in found:
            await self._try(Endpoint(kind=kind, url=url), _any(home), where)

    async def _first(self, kind: str, paths: Iterable[str], home: str) -> None:
        """The first of some common paths that answers well; the others are then not asked."""
        for path in paths:
            url = urljoin(home, path)
            if any(normalize_url(url) == normalize_url(tried.url) for tried in self.tried):
                continue
            if await self._try(Endpoint(kind=kind, url=url), _any(home), "a common address"):
                return

    async def _try(self, endpoint: Endpoint, source: Source, where: str) -> bool:
        heard = await self.spider.ask(endpoint, source)
        if isinstance(heard, FetchFailure):
            self.trouble = self.trouble or heard
            return self._note(endpoint, where, 0, heard.reason)
        if not has_same_site(endpoint.url, heard.page.final_url):
            return self._note(endpoint, where, 0, f"it leads to another site: {heard.page.final_url}")
        return await self._heard(endpoint, heard, where, source)

    async def _heard(self, endpoint: Endpoint, heard: ProbeAnswer, where: str, source: Source) -> bool:
        if isinstance(heard.read, Rejection):
            return self._note(endpoint, where, 0, heard.read.reason)
        if endpoint.body is None:
            endpoint = replace(endpoint, url=heard.page.final_url)
        return await self._keep(endpoint, heard.read, where, source)

    async def _keep(self, endpoint: Endpoint, listing: Listing, where: str, source: Source) -> bool:
        found = {entry.key: entry for entry in listing.entries}
        if endpoint.kind == "sitemap" and not found:
            for part in listing.more[:_PARTS]:
                heard = await self.spider.ask(part, source)
                if isinstance(heard, ProbeAnswer) and isinstance(heard.read, Listing) and heard.read.entries:
                    found = {entry.key: entry for entry in heard.read.entries}
                    break
        if not found:
            return self._note(endpoint, where, 0, "it lists nothing of the last month")
        twin = next((url for url, entries in self.entries.items() if found.keys() <= entries.keys()), None)
        if twin is not None and endpoint.kind == "feed":
            return self._note(endpoint, where, len(found), f"it says no more than {twin}")
        self.entries[endpoint.url] = found
        if listing.title:
            self.titles.append(listing.title)
        return self._note(endpoint, where, len(found))

    def _note(self, endpoint: Endpoint, where: str, entries: int, reason: str | None = None) -> bool:
        if reason is not None:  # the address stands beside it
            reason = reason.removesuffix(endpoint.url).rstrip(": ").removesuffix(" from")
        self.tried.append(TriedPlace(kind=endpoint.kind, url=endpoint.url, found=where, entries=entries, reason=reason))
        self.announce(f"{endpoint.kind} {endpoint.url}: {reason or f'{entries} entries'}")
        return reason is None

    def _good(self, *kinds: str) -> list[TriedPlace]:
        return [tried for tried in self.tried if tried.kind in kinds and tried.reason is None]

    # — what follows from them ————————————————————————————————————————————————————————————————————————————————————

    async def _settled(self, home: str, said: Homepage | None) -> OutletReport:
        """The form of article addresses, the list page where one is needed, the table, and three articles."""
        # `article` holds for feeds, too: words alone would lose the headline of two.
        links = self._links("feed", "api")
        article = infer_article_pattern(links or self._links("sitemap"), home, slugs=not links)
        notes: list[str] = []
        if said is not None and len(self._good("feed", "sitemap", "api")) < 2:
            article = await self._find_list(home, said, article)
        if article is None:
            self._unsure(notes)
        good = self._good("feed", "sitemap", "listing", "api")
        if not good:
            asked = f"{len(self.tried)} places were asked, none lists articles"
            return self._failed("nothing", asked)
        address = homepage.find_root(home)
        if not any(has_same_site(address, tried.url) for tried in good):
            notes.append(f"Its pieces stand on {parse_host(address)}: without `address` its words on them do not count")
        table: dict[str, Any] = {"spider": self.system or good[0].kind}
        if (title := homepage.choose_outlet_title(said, self.titles)) is not None:
            table["title"] = title
        table["address"] = address
        for kind, key in _KEYS.items():
            places = [_relative(tried.url, address) for tried in good if tried.kind == kind]
            if places or (self.system and kind == "feed"):  # its spider would bring a feed of its own
                table[key] = places
        if self.lists:
            table["api"] = list(self.lists)
        if article is not None:
            table["article"] = article
        if said is not None and said.language:
            table["language"] = said.language
        table["every"] = self._pace(good)
        source = build_source("init", table["spider"], {**table, "every": None}, load_outlet_defaults())
        return await self._sampled(source, table, table.get("title"), tuple(notes), article)

    def _links(self, *kinds: str) -> list[str]:
        """The addresses that the outlet's good endpoints of these kinds list."""
        places = [tried.url for tried in self._good(*kinds)]
        return [entry.url for place in places for entry in self.entries[place].values()]

    async def _find_list(self, home: str, said: Homepage, article: str | None) -> str | None:
        """The page itself as a list, or else the one that it calls "all news"; the form of its articles' addresses."""
        form = self._listed(home, said, article, home, "given")
        for url in said.lists:
            if self._good("listing"):
                break
            page = await self.spider.page(url)
            if isinstance(page, FetchFailure):
                self._note(Endpoint(kind="listing", url=url), "linked as all news", 0, page.reason)
            elif has_same_site(url, page.final_url):
                further = read_homepage(page.body, page.content_type, page.final_url)
                form = self._listed(page.final_url, further, form, home, "linked as all news")
        return form

    def _listed(self, url: str, said: Homepage, article: str | None, home: str, where: str) -> str | None:
        """One page as a list, where it has links to articles; the form of their addresses."""
        form = article or (None if self._good("feed") else infer_page_pattern(said.links, home))
        endpoint = Endpoint(kind="listing", url=url)
        if form is None:
            self._note(endpoint, where, 0, "no form of address tells its articles from its other pages")
            return None
        rule = {"address": homepage.find_root(home), "listings": (url,), "article": form}
        source = build_source("init", "listing", rule, load_outlet_defaults())
        found = {
            build_link_key(link, source): Entry(url=link, key=build_link_key(link, source), endpoint=endpoint.key)
            for link in said.links
            if is_article_url(link, source)
        }
        if len(found) < _LISTED:
            self._note(endpoint, where, len(found), f"it links to fewer than {_LISTED} articles")
            return article
        self.entries[url] = found
        self._note(endpoint, where, len(found))
        return form

    def _pace(self, good: Iterable[TriedPlace]) -> str:
        """The interval that fits the dates of the list that shows most of them."""
        now = self.engine.clock.now()
        stated = [[entry.published or entry.modified for entry in self.entries[one.url].values()] for one in good]
        dates = max(([when.at for when in one if when is not None] for one in stated), key=len)
        seconds = propose_poll_interval(dates, now)
        return EVERY if seconds is None else f"{seconds // 60}m"

    def _unsure(self, notes: list[str]) -> None:
        """Without a form of article addresses a sitemap of all pages is left out, but where there is nothing else."""
        for number, tried in enumerate(self.tried):
            if tried.kind != "sitemap" or tried.reason is not None:
                continue
            titled = all(entry.title for entry in self.entries[tried.url].values())  # a news sitemap lists news only
            if not titled and self._good("feed", "api"):
                reason = "it lists pages of every kind, and their addresses do not tell which are articles"
                self.tried[number] = replace(tried, reason=reason)
                notes.append(f"{tried.url} lists the whole site: with `article` (a regular expression) it may be used")

    async def _sampled(
        self,
        source: Source,
        table: Mapping[str, Any],
        title: str | None,
        notes: tuple[str, ...] = (),
        article: str | None = None,
    ) -> OutletReport:
        good = [tried for tried in self.tried if tried.reason is None]
        if not good:
            return self._failed(
                self.trouble.kind if self.trouble else "failed", f"{self.tried[0].url}: {self.tried[0].reason}"
            )
        samples = tuple(
            [await self._sample(entry, source) for entry in list_newest(list(self.entries[good[0].url].values()))]
        )
        if source.zone is None and any(one.zone == "assumed" for one in samples):
            notes = (*notes, 'The dates on its pages state no time zone: set zone = "Area/City"')
        notes = (*notes, *judge_samples(samples))
        found = OutletReport(
            url=self.url,
            outcome="added",
            name=source.spider
            if "address" in load_outlet_defaults()[source.spider]
            else choose_source_name(self.url, ()),
            title=title,
            endpoints=tuple(self.tried),
            article=article,
            samples=samples,
            table=table,
            notes=notes,
        )
        if any(sample.reason is None for sample in samples):
            return found
        kinds = {sample.outcome for sample in samples}
        kind = "blocked" if Outcome.BLOCKED in kinds else "unreadable"
        reason = f"none of {len(samples)} articles could be read: {samples[0].reason}"
        return replace(found, outcome="failed", name=None, reason=reason, cure=CURES[kind], table={})

    async def _sample(self, entry: Entry, source: Source) -> ArticleSample:
        url = build_canonical_address(entry.url, source) if source.canonical else strip_tracking(entry.url)
        page = await self.spider.page(url)
        if isinstance(page, FetchFailure):
            return ArticleSample(
                url=url, outcome="refused" if page.kind in ("robots", "address") else "failed", reason=page.reason
            )
        result = await self.spider.run_in_worker(extract_article, replace(page, entry=entry), source)
        if isinstance(result, Rejection):
            return ArticleSample(url=url, outcome=result.outcome, reason=result.reason)
        return sample_article(result)

    def _failed(self, kind: str, reason: str) -> OutletReport:
        return OutletReport(
            url=self.url, outcome="failed", reason=reason, cure=CURES[kind], endpoints=tuple(self.tried)
        )


def _any(home: str) -> Source:
    """A source of which nothing is known but its home: every link of its endpoints counts."""
    return Source(name="init", spider="feed", title="", address=homepage.find_root(home), every=0, endpoints=())


def _relative(url: str, address: str) -> str:
    return url.removeprefix(address) if url.startswith(f"{address}/") else url
