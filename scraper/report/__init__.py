"""What a run did, and whether that is well: figures, thresholds, alarms, metrics, and a page to look at."""

from scraper.report.journal import Journal
from scraper.report.measures import described
from scraper.report.metrics import metrics_text
from scraper.report.past import Past, PastRun
from scraper.report.tally import Tally
from scraper.report.thresholds import Threshold

__all__ = ["Journal", "Past", "PastRun", "Tally", "Threshold", "described", "metrics_text"]
