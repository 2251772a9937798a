#!/usr/bin/python3
"""Plants lies in a README and in a picture one by one and looks that check_readme finds each."""
import os
import stat
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check_readme  # noqa: E402

README = """# X
See [the park](configs/a.cfg#top) and [elsewhere](https://example.org/x).

<!-- try -->
```sh
export PATH=$PWD/build/release:$PATH
word=steam
ecopark run configs/a.cfg >results.json
```

Not tried:
```sh
exit 99
```

<!-- try: exit 65 -->
```sh
echo "$word close within 1e-14 of their throughput, which is"; echo "9 events in 0.01 s, 20 MB" >&2; (exit 65)
```
```text
steam close exactly; their throughput is
9 events in 2.5 s, 21 MB
```
"""
PICTURE = '<svg><g><text data-link="a &gt; b: steam">1,235 t</text></g></svg>\n'
PROGRAM = """#!/bin/sh
echo '{"flows": [{"label": "a > b: steam", "amount": 1234.6, "unit": "t"}]}'
"""


def faults_of(readme, picture=PICTURE, update=False):
    """The faults; with `update` README.md as updated."""
    with tempfile.TemporaryDirectory() as root:
        os.mkdir(os.path.join(root, "configs"))
        for path, text in {"README.md": readme, "configs/a.cfg": "", "configs/a.svg": picture,
                           "ecopark": PROGRAM}.items():
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        os.chmod(os.path.join(root, "ecopark"), stat.S_IRWXU)
        os.environ["ECOPARK"] = os.path.join(root, "ecopark")
        if not update:
            return check_readme.check(root)
        check_readme.update(root)
        with open(os.path.join(root, "README.md"), encoding="utf-8") as file:
            return file.read()


class CheckReadme(unittest.TestCase):
    def found(self, words, readme, picture=PICTURE):
        faults = faults_of(readme, picture)
        self.assertEqual(len(faults), 1, faults)
        self.assertIn(words, faults[0])

    def test_a_true_readme_has_none(self):
        self.assertEqual(faults_of(README), [])

    def test_output_that_is_not_printed(self):
        self.found("README.md shows", README.replace("steam close", "water close"))

    def test_a_balance_that_does_not_close(self):
        self.found("README.md shows", README.replace("close exactly; ", "close within 7.5; "))

    def test_a_command_that_fails(self):
        self.found("exit code 127 instead of 0", README.replace("ecopark run", "ecoparc run"))

    def test_a_mistake_that_passes(self):
        self.found("exit code 0 instead of 65", README.replace("(exit 65)", "true"))

    def test_a_block_that_ends_the_shell(self):
        self.found("exit code -1", README.replace("(exit 65)", "exit 65"))

    def test_blocks_after_one_that_ends_the_shell(self):
        faults = faults_of(README.replace("word=steam", "exit 0"))

        self.assertEqual([f.split(";")[0] for f in faults[:2]], [
            "README.md:6: exit code -1 instead of 0", "README.md:18: exit code -1 instead of 65"])

    def test_a_link_to_nowhere(self):
        self.found("there is no configs/b.cfg", README.replace("configs/a.cfg#top", "configs/b.cfg"))

    def test_nothing_to_try(self):
        self.found("no block to try", README.replace("<!-- try", "<!-- cry"))

    def test_a_number_in_the_picture(self):
        self.found("shows 1,234 t instead of 1,235 t", README, PICTURE.replace("1,235", "1,234"))

    def test_a_flow_that_the_park_has_not(self):
        self.found("the park has no flow", README, PICTURE.replace("steam", "water"))

    def test_a_picture_of_nothing(self):
        self.found("shows no flow", README, PICTURE.replace("data-link", "id"))

    def test_a_slow_machine_shows_progress(self):
        quick = README.replace("9 events in 2.5 s, 21 MB\n", "9 events in 2.5 s, 21 MB\n400 made now in 0.9 s (430 a second), 21 MB\n")
        slow = quick.replace('echo "$word', "printf '%s\\n' ' 45 %  180 of 400 runs  7.1 runs/s  0:31 min left' "
                             "'writing out/s.h5: 1,200 of 4,000 runs'; echo \"$word")
        slow = slow.replace("; (exit 65)", "; echo '1,401 made now (1 ahead, not needed) in 127.5 s (3.1 a second), 2 MB'; (exit 65)")

        self.assertEqual(faults_of(slow), [])
        self.found("README.md shows", slow.replace("180 of 400 runs  ", "failed: ").replace("min left", "min"))

    def test_update_puts_what_is_printed(self):
        wrong = README.replace("steam close", "water close")

        self.assertEqual(faults_of(wrong, update=True),
                         README.replace("steam close exactly; their throughput is\n9 events in 2.5 s, 21 MB",
                                        "steam close within 1e-14 of their throughput, which is\n"
                                        "9 events in 0.01 s, 20 MB"))

    def test_update_leaves_what_is_alike(self):
        self.assertEqual(faults_of(README, update=True), README)


if __name__ == "__main__":
    unittest.main()
