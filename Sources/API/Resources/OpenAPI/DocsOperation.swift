/// An operation of the document as a part of the page.
struct DocsOperation {
  let method: String
  let path: String
  let operation: JSONValue

  var html: String {
    let id = PublicPage.escape(operation["operationId"]?.text ?? "")
    return """
      <article id="\(id)"><h3><code><span class="method">\(method.uppercased())</span>\(PublicPage.escape(path))</code></h3>
      <p>\(PublicPage.escape(operation["summary"]?.text ?? ""))\(open)</p>\(parameters)\(body)\(answers)</article>
      """
  }

  private var open: String { operation["security"] == [] ? " (without a login)" : "" }

  private var parameters: String {
    let parameters = operation["parameters"]?.elements ?? []
    guard !parameters.isEmpty else { return "" }
    let rows = parameters.map { parameter in
      """
      <tr><td><code>\(text(parameter, "name"))</code></td><td>\(text(parameter, "in"))</td>\
      <td>\(DocsSchema.html(parameter["schema"] ?? .null))</td><td>\(text(parameter, "description"))</td></tr>
      """
    }
    return "<h4>Parameters</h4><table>\(rows.joined())</table>"
  }

  private var body: String {
    guard let content = operation["requestBody"]?["content"]?.asObject?.members,
      let first = content.first
    else { return "" }
    let types = content.map { PublicPage.escape($0.key) }.joined(separator: ", ")
    var html = "<h4>Body: \(types)</h4>\(DocsSchema.html(first.value["schema"] ?? .null))"
    if let example = first.value["example"] {
      let text = String(decoding: example.rendered, as: UTF8.self)
      html += "<pre>\(PublicPage.escape(text))</pre>"
    }
    return html
  }

  /// Those of its own in a table; the errors that many share in a line.
  private var answers: String {
    let answers = operation["responses"]?.asObject?.members ?? []
    let rows = answers.filter { $0.value["$ref"] == nil }.map { answer in
      let content = answer.value["content"]?.asObject?.members.map { content in
        content.value["schema"].map { DocsSchema.html($0) } ?? PublicPage.escape(content.key)
      }
      return """
        <tr><td>\(PublicPage.escape(answer.key))</td><td>\(text(answer.value, "description"))</td>\
        <td>\((content ?? []).joined(separator: ", or "))</td></tr>
        """
    }
    let errors = answers.filter { $0.value["$ref"] != nil && $0.key != "default" }.map(\.key)
    return """
      <h4>Answers</h4><table>\(rows.joined())</table>
      """ + (errors.isEmpty ? "" : "<p>Errors: \(errors.joined(separator: ", ")).</p>")
  }

  private func text(_ value: JSONValue, _ member: String) -> String {
    PublicPage.escape(value[member]?.text ?? "")
  }
}
