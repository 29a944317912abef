// Declared functions as arrow functions, where they may be.
import ts from "typescript";

/** @param {ts.Node} node @returns {boolean} whether it has what an arrow function would take from around it */
const isBound = (node) => /^(this|super|arguments|new\.target)$/.test(node.getText()) || !!node.forEachChild(isBound);

/** @param {ts.Node} node @param {Set<string>} names @returns {boolean} whether it needs one of these by the time that it is run */
const needs = (node, names) => {
  if (ts.isFunctionLike(node)) return false;
  const isLabel = "name" in node.parent && node.parent.name === node && !ts.isShorthandPropertyAssignment(node.parent);
  return (ts.isIdentifier(node) && !isLabel && names.has(node.text)) || !!node.forEachChild((child) => needs(child, names));
};

/**
 * @param {string} code
 * @returns {string} the same with functions as variables, behind those that need none of them. `f=e=>x` is shorter than
 *   `function f(e){return x}`, compressed too; and what is used least, constants, gets the names that functions can then
 *   have for what is their own.
 */
export function arrowed(code) {
  /** @type {string[]} */
  const functions = [];
  /** @type {Set<string>} */
  const names = new Set();
  /** @type {ts.Node[]} */
  const others = [];
  for (const statement of ts.createSourceFile("code.js", code, ts.ScriptTarget.ES2020, true).statements) {
    if (ts.isVariableStatement(statement)) others.push(...statement.declarationList.declarations);
    else if (!ts.isFunctionDeclaration(statement) || statement.asteriskToken || isBound(statement)) others.push(statement);
    else {
      const { name, modifiers, body } = statement;
      functions.push(`var ${name?.text}=${modifiers ? "async" : ""}${code.slice(name?.end, body?.pos)}=>${body?.getText()}`);
      names.add(String(name?.text));
    }
  }
  const texts = others.map((node) => `${ts.isVariableDeclaration(node) ? "var " : ""}${node.getText()}`);
  const isEarly = (/** @type {ts.Node} */ node) => ts.isVariableDeclaration(node) || ts.isClassDeclaration(node);
  const late = others.findIndex((node) => !isEarly(node) || needs(node, names));
  return [...texts.slice(0, late), ...functions, ...texts.slice(late)].join(";\n");
}
