"""Drives the real yaml-language-server on the examples with the committed schemas.

Usage: yaml_language_server.py SERVER REPOSITORY

Files of the examples have no diagnostics; broken copies have them where they are broken; hovers and
completions say what the schemas say.
"""

import json
import pathlib
import queue
import subprocess
import sys
import threading

TIMEOUT = 60


class Client:
    def __init__(self, server, root, settings):
        self.settings = settings
        self.process = subprocess.Popen(
            [server, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.messages = queue.Queue()
        self.kept = []
        self.asked = 0
        threading.Thread(target=self.receive, daemon=True).start()
        self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": root.as_uri(),
                "workspaceFolders": [{"uri": root.as_uri(), "name": "root"}],
                "capabilities": {
                    "workspace": {"configuration": True, "workspaceFolders": True},
                    "textDocument": {
                        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
                        "hover": {"contentFormat": ["markdown"]},
                        "publishDiagnostics": {"relatedInformation": True},
                    },
                },
            },
        )
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": settings})

    def receive(self):
        output = self.process.stdout
        while True:
            length = 0
            while line := output.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                return
            message = json.loads(output.read(length))
            if "id" in message and "method" in message:
                self.send({"id": message["id"], "result": self.answer(message)})
            else:
                self.messages.put(message)

    def answer(self, request):
        if request["method"] != "workspace/configuration":
            return None
        return [self.settings.get(item.get("section")) for item in request["params"]["items"]]

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def tell(self, method, params):
        self.send({"method": method, "params": params})

    def ask(self, method, params):
        self.asked += 1
        self.send({"id": self.asked, "method": method, "params": params})
        asked = self.asked
        answer = self.wait(lambda message: message.get("id") == asked)
        assert "error" not in answer, answer
        return answer["result"]

    def wait(self, is_it):
        for message in self.kept:
            if is_it(message):
                self.kept.remove(message)
                return message
        while True:
            message = self.messages.get(timeout=TIMEOUT)
            if is_it(message):
                return message
            self.kept.append(message)

    def open(self, uri, text):
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})

    def diagnostics(self, uri):
        message = self.wait(
            lambda message: message.get("method") == "textDocument/publishDiagnostics"
            and message["params"]["uri"] == uri
        )
        return message["params"]["diagnostics"]

    def at(self, method, uri, text, offset):
        before = text[:offset].split("\n")
        position = {"line": len(before) - 1, "character": len(before[-1])}
        params = {"textDocument": {"uri": uri}, "position": position}
        return self.ask(f"textDocument/{method}", params)

    def leave(self):
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.wait(timeout=TIMEOUT)


class Checks:
    def __init__(self, client, root):
        self.client, self.root = client, root
        self.opened = 0
        self.failures = []
        self.passed = 0

    def expect(self, what, holds, seen):
        if holds:
            self.passed += 1
        else:
            self.failures.append(f"{what}\n    {seen}")

    def open(self, text, name="broken"):
        """Opens a text that is on no disk."""
        self.opened += 1
        folder = self.root / f"unsaved-{self.opened}"
        file = "bursar.yaml" if name == "project" else f"{name}.yaml"
        uri = (folder / file).as_uri()
        self.client.open(uri, text)
        return uri, self.client.diagnostics(uri)

    def clean(self, path):
        uri = path.as_uri()
        self.client.open(uri, path.read_text())
        found = self.client.diagnostics(uri)
        self.expect(f"{path}: nothing is wrong", not found, briefly(found))

    def broken(self, what, path, old, new, words, name="broken"):
        """One change breaks a file: the lines that are marked, and nothing else, are found."""
        text = path.read_text()
        assert text.count(old) >= 1, (path, old)
        line = text[: text.index(old)].count("\n")
        text = text.replace(old, new, 1)
        _, found = self.open(text, name)
        lines = {finding["range"]["start"]["line"] for finding in found}
        told = " ".join(finding["message"] for finding in found)
        # A misspelt field is missing, too: that is said at the document's first line.
        self.expect(f"{what}: found at line {line}", line in lines and len(lines) < 3, briefly(found))
        self.expect(f"{what}: says {words!r}", words in told, briefly(found))

    def hovers(self, what, text, words, name="broken"):
        offset = text.index("|")
        text = text.replace("|", "", 1)
        uri, _ = self.open(text, name)
        hover = self.client.at("hover", uri, text, offset)
        told = json.dumps(hover, ensure_ascii=False)
        self.expect(f"{what}: the hover says {words!r}", words in told, told)

    def completes(self, what, text, words, name="broken"):
        offset = text.index("|")
        text = text.replace("|", "", 1)
        uri, _ = self.open(text, name)
        answer = self.client.at("completion", uri, text, offset)
        items = answer["items"] if isinstance(answer, dict) else answer or []
        labels = [item["label"] for item in items]
        missing = [word for word in words if word not in labels]
        self.expect(f"{what}: offers {words}", not missing, labels)
        twice = {label for label in labels if labels.count(label) > 1}
        self.expect(f"{what}: offers nothing twice", not twice, twice)


def briefly(findings):
    return [
        (finding["range"]["start"]["line"], finding["message"].split("\n")[0])
        for finding in findings
    ]


def main():
    server, repository = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    schemas = repository / "schemas"
    examples = repository / "examples"
    yaml = {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemaStore": {"enable": False, "url": ""},
        "schemas": {
            (schemas / "project.schema.json").as_uri(): ["bursar.yaml"],
            (schemas / "document.schema.json").as_uri(): ["*.yaml", "!bursar.yaml", "!people.yaml"],
        },
    }
    settings = {"yaml": yaml, "[yaml]": {}, "editor": {}, "files": {}, "http": {}}
    client = Client(server, repository, settings)
    checks = Checks(client, examples)

    files = [path for path in examples.rglob("*.yaml") if path.name != "people.yaml"]
    files = [path for path in files if ".bursar" not in path.parts]
    assert len(files) > 20, files
    for path in sorted(files):
        checks.clean(path)

    coupon = examples / "unpaid-orders" / "2-coupon.yaml"
    offer = examples / "unpaid-orders" / "3-offre.yaml"
    project = examples / "unpaid-orders" / "bursar.yaml"
    checks.broken("an unknown kind", coupon, "kind: coupon", "kind: cuopon", '"coupon"')
    checks.broken("an unknown field", coupon, "code:", "coed:", "coed")
    checks.broken("an unknown value", offer, "status: published", "status: publshed", "published")
    checks.broken("a price that is none", offer, "490.00 EUR", "much", "such as `490.00 EUR`")
    checks.broken("an unknown provider", project, "provider: sandbox", "provider: sandbx", "sandbox", "project")

    head = "kind: offer\nname: standard\n"
    checks.hovers("a kind", "ki|nd: offer\nname: x\n", "A price plan")
    checks.hovers("a field", f"{head}pri|ce: 490.00 EUR\n", "The regular price")
    checks.hovers("a field inside", f"{head}products:\n  - course: a\n    acc|ess: {{ for: 6mo }}\n", "access")
    checks.hovers("a value", f"{head}status: publ|ished\n", "On sale")
    checks.hovers("of the project", "version: 1\nproject: x\ntime|zone: Europe/Kyiv\n", "IANA", "project")
    checks.completes("kinds", "kind: |\n", ["course", "cohort", "offer", "coupon", "test"])
    checks.completes("fields", f"{head}|\n", ["price", "status", "products", "coupons"])
    checks.completes("values", f"{head}status: |\n", ["draft", "published", "archived"])
    checks.completes("fields inside", f"{head}products:\n  - course: a\n    |\n", ["access", "cohort"])
    checks.completes("in the second document", f"{head}---\nkind: coupon\nname: x\nstatus: |\n", ["active", "disabled"])
    checks.completes("providers", "version: 1\nproject: x\nplatform:\n  provider: |\n", ["sandbox", "kwiga"], "project")
    client.leave()

    print(f"yaml-language-server: {len(files)} files, {checks.passed} checks passed")
    for failure in checks.failures:
        print(f"  failed: {failure}")
    sys.exit(1 if checks.failures else 0)


if __name__ == "__main__":
    main()
