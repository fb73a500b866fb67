"""Reads calendars and charts of the examples with other people's parsers, and writes graphs for graphs.mjs and
pages for pages.mjs.

Usage: charts.py BURSAR EXAMPLES INTO
"""

import json
import pathlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as xml

import icalendar

HOSTILE = 'a "b" ]]--> [c] {d} %%{init: {}}%% <script>x</script> end; #quot; \\\\ | é'


def main():
    bursar, examples, into = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    projects = sorted(folder for folder in examples.iterdir() if folder.is_dir())
    assert projects
    hostile = into / "hostile"
    shutil.copytree(examples / "unpaid-orders", hostile, ignore=shutil.ignore_patterns(".bursar"))
    file = hostile / "1-liste.yaml"
    lines = file.read_text().splitlines()
    changed = ["title: " + json.dumps(HOSTILE) if line.startswith("title:") else line for line in lines]
    assert changed != lines
    file.write_text("\n".join(changed) + "\n")
    for project in [*projects, hostile]:
        # A plan keeps what the embedded platform holds below its project.
        folder = project if project == hostile else into / project.name
        if project != hostile:
            shutil.copytree(project, folder, ignore=shutil.ignore_patterns(".bursar"))

        def ask(*arguments):
            command = [bursar, "--dir", str(folder), *arguments]
            return subprocess.run(command, check=True, capture_output=True).stdout

        told = json.loads(ask("timeline", "--json"))
        calendar = icalendar.Calendar.from_ical(ask("timeline", "--ics"))
        events = [(event["UID"], event["DTSTART"].dt, str(event["SUMMARY"])) for event in calendar.walk("VEVENT")]
        assert len({uid for uid, _, _ in events}) == len(events), "an identity is used twice"
        read = sorted((at.strftime("%Y-%m-%dT%H:%M:%SZ"), text) for _, at, text in events)
        assert read == sorted((moment["at"], moment["text"]) for moment in told["moments"])

        chart = xml.fromstring(ask("timeline", "--svg"))
        assert chart.tag == "{http://www.w3.org/2000/svg}svg"
        titles = [title.text for title in chart.iter("{http://www.w3.org/2000/svg}title")]
        assert all(span["label"] in titles for span in told["spans"]), folder

        name = folder.name
        (into / f"{name}.mmd").write_bytes(ask("graph", "--mermaid"))
        (into / f"{name}.dot").write_bytes(ask("graph", "--dot"))
        (into / f"{name}.json").write_bytes(ask("--json", "graph"))
        (into / f"{name}.timeline.html").write_bytes(ask("timeline", "--html"))
        (into / f"{name}.plan.html").write_bytes(ask("plan", "--format", "html"))
        print(f"{name}: {len(events)} events, {len(told['spans'])} bars")


main()
