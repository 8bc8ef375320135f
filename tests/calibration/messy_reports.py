"""Small messy reports for the tests of history, and what was said of their rows."""

from calibration.history.tables import Quality

HEADING = "Data;Ora;Coda;Offerte;Risposte"
CALLS = "Data ora;Coda;Cliente;Attesa;Esito;Conversazione;Operatore"


def save(folder, *lines, name="report.csv", encoding="utf-8"):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def told(quality: Quality, topic: str) -> list[tuple[str, str]]:
    return [(one.text, one.sureness) for one in quality.remarks if one.topic == topic]


def found(problems):
    return problems[["line", "reason"]].values.tolist()


def half_hours(day, offered=20, first=8, last=10, queue="A"):
    return [f"{day};{n // 2:02d}:{n % 2 * 30:02d};{queue};{offered};{offered - 2}" for n in range(2 * first, 2 * last)]
