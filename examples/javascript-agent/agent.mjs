// An agent in JavaScript; docs/protocol/asyncapi.json has all that it relies on. It counts words, and speaks in groups.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import mqtt from "mqtt";

const { env } = process;
const url = env.TOWNSQUARE_BROKER ?? "mqtt://localhost:1883";
const user = new URL(url).username || env.TOWNSQUARE_MQTT_USER;
const owner = user || "public";
const name = env.AGENT_NAME ?? "javascript-counter";
const root = env.TOWNSQUARE_ROOT ?? "townsquare";
const topic = (leaf) => `${root}/v1/${owner}/${name}/${leaf}`;

const card = {
  name,
  owner,
  description: "Counts the words of a text. Written in JavaScript.",
  capabilities: ["count words"],
  answers: { "count words": { type: "object", properties: { words: { type: "integer" } }, required: ["words"] } },
  speaks: true, // may be given the floor of a group; without it, an agent only does tasks
};
// The one thing that every agent has to do.
const work = (task) => ({ words: String(task.input ?? task.description).split(/\s+/).filter(Boolean).length });

// What it says when it has the floor: all that it knows, and the word goes back to whoever opened the group.
const speak = (group, floor) => ({
  type: floor.must_conclude ? "conclusion" : "discussion",
  content: `I heard ${group.said.length} messages and counted ${group.words} words for "${group.goal}".`,
  next_speaker: floor.must_conclude ? [] : [group.members[0].name],
});

let count = 0;
const life = randomUUID().slice(0, 8); // ids are never used again, not even by the next life of this program
const say = (kind, fields) => {
  const message = { version: "1.0", kind, id: `${life}:${++count}`, sender: name, ...fields };
  client.publish(topic("out"), JSON.stringify(message), { qos: 1 }); // kept and sent again while there is no connection
};

const groups = new Map(); // comm_id -> goal, members, what was said, words counted for it
const done = new Map(); // task_id -> result: a task that comes twice is not done twice

const told = {
  registered: (message) => console.log(`${name} is registered; at most ${message.max_bytes} bytes a message`),
  refused: (message) => console.error(`refused (${message.code}): ${message.reason}`),
  joined: ({ comm_id, goal, members }) => groups.set(comm_id, { goal, members, said: [], words: 0 }),
  say: (message) => groups.get(message.comm_id)?.said.push(message.content),
  ended: ({ comm_id }) => groups.delete(comm_id),
  floor(floor) {
    const group = groups.get(floor.comm_id);
    if (group) say("say", { comm_id: floor.comm_id, reply_to: floor.id, ...speak(group, floor) });
  },
  task(task) {
    if (!done.has(task.task_id)) {
      say("progress", { task_id: task.task_id });
      try {
        const output = work(task);
        done.set(task.task_id, { status: "completed", output });
        if (groups.has(task.comm_id)) groups.get(task.comm_id).words += output.words;
      } catch (error) {
        done.set(task.task_id, { status: "failed", error: String(error) });
      }
    }
    say("result", { task_id: task.task_id, reply_to: task.id, ...done.get(task.task_id) });
  },
};

const client = mqtt.connect(url, {
  clientId: `${root}-${owner}-${name}`,
  clean: false, // what is said while the connection is broken waits at the broker
  username: user,
  password: env.TOWNSQUARE_MQTT_PASSWORD,
  ca: env.TOWNSQUARE_MQTT_CA && readFileSync(env.TOWNSQUARE_MQTT_CA),
  will: { topic: topic("status"), payload: "away", qos: 1, retain: true },
});
client.on("error", (error) => console.error(error.message)); // and it tries again, every second
client.on("connect", async () => {
  await client.subscribeAsync(topic("in"), { qos: 1 });
  await client.publishAsync(topic("status"), "here", { qos: 1, retain: true });
  await client.publishAsync(topic("card"), JSON.stringify(card), { qos: 1, retain: true });
});
client.on("message", (where, payload) => {
  const message = where === topic("in") ? JSON.parse(payload) : {};
  told[message.kind]?.(message); // what it does not know, it ignores
});
process.once("SIGINT", async () => {
  await client.publishAsync(topic("card"), "", { qos: 1, retain: true }); // it leaves for good
  await client.publishAsync(topic("status"), "away", { qos: 1, retain: true });
  await client.endAsync();
});
