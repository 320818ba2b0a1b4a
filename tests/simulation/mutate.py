#!/usr/bin/env python3
"""Writes copies of sources with the known bugs of mutations.txt in them, each behind a number.

mutate.py TOP MUTATIONS OUT: for every file that mutations.txt names OUT/<name>.cc, and OUT/mutations.cc.
A text that is no longer in its file leaves its mutation out; the test that looks for it then says so.
"""
import pathlib, sys

top, listing, out = map(pathlib.Path, sys.argv[1:4])
rows = [[part.strip() for part in line.split(" | ", 3)] for line in listing.read_text().splitlines()
        if line.strip() and not line.startswith("#")]
texts, names = {}, []
for number, (name, file, old, new) in enumerate(rows, 1):
    text = texts.setdefault(file, (top / file).read_text())
    if text.count(old) != 1:
        print(f"{listing}: {name}: \"{old}\" stands {text.count(old)} times in {file}: adapt the mutation", file=sys.stderr)
        continue
    names.append((number, name))
    bug = new.replace("ONCE(", f"lyceum_mutate({number}, ")
    texts[file] = text.replace(old, f"if (lyceum_mutation == {number}) {{\n{bug}\n}} else {{\n{old}\n}}" if not old.startswith("for (")
                               else bug)
out.mkdir(parents=True, exist_ok=True)


def write(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


declare = "extern unsigned lyceum_mutation;\nbool lyceum_mutate(unsigned which, unsigned every);\n"
for file, text in texts.items():
    write(out / (file.replace("/", "_").removesuffix(".cc") + "_mutated.cc"), declare + f'#line 1 "{file}"\n' + text)
write(out / "mutations.cc", f'''#include "mutation.h"

unsigned lyceum_mutation = 0;
{declare}
namespace {{
const std::pair<unsigned, const char*> all[] = {{{", ".join(f'{{{n}, "{name}"}}' for n, name in names)}}};
unsigned asked = 0;
}}
bool lyceum_mutate(unsigned which, unsigned every) {{
    return lyceum_mutation == which && ++asked % every == 0;
}}
namespace lyceum::simulation {{
bool choose_mutation(std::string_view name) {{
    for (const auto& [number, known] : all) {{
        if (name == known) {{
            lyceum_mutation = number;
            return true;
        }}
    }}
    return false;
}}
const char* mutation_name() {{
    for (const auto& [number, known] : all) {{
        if (number == lyceum_mutation) return known;
    }}
    return "";
}}
}} // namespace lyceum::simulation
''')
