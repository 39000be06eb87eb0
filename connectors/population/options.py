"""What the block of a source of kind `population` may say."""

from msgspec import Struct

from connectors.options import Route, Secret, SourceOptions
from connectors.population.formats import Format


class Endpoints(Struct, frozen=True, kw_only=True):
    """Paths of the three operations below the source's URL."""

    citizen: Route = "/congdan/tra-cuu"
    dependants: Route = "/congdan/nguoi-phu-thuoc"
    representatives: Route = "/congdan/nguoi-dai-dien"


class PopulationOptions(SourceOptions, frozen=True, kw_only=True):
    """How this gateway introduces itself to the platform. An API key goes into ``headers``."""

    agency: str | None = None
    """``MaDVC``: code of the public service on whose behalf is asked."""
    officer: Secret | None = None
    """``MaCanBo``: code of the officer who answers for the questions."""
    integration: Secret | None = None
    """``MaTichHop``: code of this integration at the platform."""
    format: Format = "json"
    """How the platform writes its answers: JSON, XML, or JSON in which ``CongDan`` and ``DanhSach`` are XML as text."""
    endpoints: Endpoints = Endpoints()
