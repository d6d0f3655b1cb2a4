"""Ids of assets: uuid5 of kind, name and language, so that an import overwrites the last one."""

from __future__ import annotations

import uuid

from dashboards.specs import Chart, Dashboard, Dataset

VERSION = "1.0.0"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://baokuan.example/dashboards")


def asset_id(*parts: str) -> str:
    """The fixed id of an asset, from its kind, name and language."""
    return str(uuid.uuid5(NAMESPACE, "/".join(parts)))


def dataset_id(dataset: Dataset, language: str) -> str:
    return asset_id("dataset", dataset.key, language)


def chart_id(dashboard: Dashboard, chart: Chart, language: str) -> str:
    return asset_id("chart", dashboard.key, chart.key, language)


def dashboard_id(dashboard: Dashboard, language: str) -> str:
    return asset_id("dashboard", dashboard.key, language)
