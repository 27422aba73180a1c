/** Bytes that lie in a module as text, for where a bundler has lost their file: gzip, in base64. `loading` brings the module. */
export async function unpacked(loading) {
  const packed = Uint8Array.from(atob((await loading).default), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
