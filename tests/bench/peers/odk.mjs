// ODK Web Forms' engine on an XForm from standard input: node odk.mjs < form.xml
// Prints the same lines as bench-forms: load, answers (mean, p99), the first question's change.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { JSDOM } from 'jsdom';

// The engine expects a browser's DOM; jsdom gives its classes.
globalThis.require = createRequire(import.meta.url);
globalThis.__dirname = process.cwd(); // its parser, built for both kinds of module, asks for it
globalThis.__filename = process.argv[1];
const { window } = new JSDOM('');
for (const name of Object.getOwnPropertyNames(window)) {
    if (/^[A-Z]/.test(name) && globalThis[name] === undefined) globalThis[name] = window[name];
}
globalThis.window ??= window;
globalThis.document ??= window.document;
const { loadForm } = await import('@getodk/xforms-engine');

const xml = readFileSync(0, 'utf8');
const timed = async f => { const t = performance.now(); const r = await f(); return [r, performance.now() - t]; };
const leaves = node => node.currentState.children
    ? node.currentState.children.flatMap(leaves) : [node];
const KINDS = ['yes', '7', 'hello', 'a b', '2024-02-29'];
const kindOf = i => { const r = i * 7 % 20; return r < 10 ? 0 : r < 14 ? 1 : r < 17 ? 2 : r < 19 ? 3 : 4; };

function give(node, i, value) {
    const kind = kindOf(i);
    if (kind === 0) node.selectValue(value);
    else if (kind === 3) node.selectValues(value.split(' '));
    else node.setValue(kind === 1 ? BigInt(value) : value);
}

async function run() {
    const [form, parse] = await timed(() => loadForm(xml));
    if (form.status !== 'success') throw new Error(String(form.error ?? form.status));
    const [root, init] = await timed(() => form.createInstance().root);
    const nodes = new Map(leaves(root).map(n => [n.currentState.reference, n]));
    const times = [];
    for (let i = 1; nodes.has(`/data/q${i}`); i++) {
        const node = nodes.get(`/data/q${i}`);
        if (!node.currentState.relevant) continue;
        const [, t] = await timed(() => give(node, i, KINDS[kindOf(i)]));
        times.push(t);
    }
    const first = nodes.get('/data/q1');
    let fan = 0;
    for (let i = 0; i < 50; i++) fan += (await timed(() => give(first, 1, i % 2 ? 'yes' : 'no')))[1];
    times.sort((a, b) => a - b);
    return { load: parse + init, n: times.length, mean: times.reduce((a, b) => a + b, 0) / times.length,
             p99: times[Math.floor((times.length - 1) * 0.99)], fan: fan / 50 };
}

const first = await run(); // warms the compiler
const again = await run();
console.log(`load_first_ms\t${first.load.toFixed(3)}\nload_ms\t${again.load.toFixed(3)}\nanswers\t${again.n}`);
console.log(`answer_mean_ms\t${again.mean.toFixed(5)}\nanswer_p99_ms\t${again.p99.toFixed(5)}\nfan_out_ms\t${again.fan.toFixed(5)}`);
console.log(`peak_mib\t${(process.resourceUsage().maxRSS / 1024).toFixed(1)}`);
