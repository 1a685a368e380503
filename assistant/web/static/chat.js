// The chat's end of conversation.js, which stands before it in the body of gr.HTML's js_on_load:
// Gradio gives it `element` and `server`.
async function answer(question, history) {
  const given = await server.answer({ question, history });
  // Gradio gives undefined when the server cannot be reached.
  if (given === undefined) throw new Error("no answer came back");
  return given.problem ? { trouble: "server", message: given.problem } : given;
}

const conversation = converse(element, answer);
if (!window.matchMedia("(hover: none) and (pointer: coarse)").matches) conversation.focus();
