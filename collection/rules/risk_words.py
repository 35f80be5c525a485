"""The figures of a risk model in the words people read beside them."""

METRIC_WORDS: dict[str, str] = {
    "brier": "Brier score (lower is better)",
    "log_loss": "Log loss (lower is better)",
    "auc": "Ranking, AUC (higher is better)",
    "slope": "Calibration slope (1 is right)",
    "intercept": "Calibration intercept (0 is right)",
    "calibration_error": "Calibration error (0 is right)",
    "caught_in_a_tenth_of_mass": "Exported mass within the top tenth",
    "expected_kg": "Expected to be exported, kg",
    "exported_kg": "Was exported, kg",
}
