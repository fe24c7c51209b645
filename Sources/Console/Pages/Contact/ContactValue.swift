import API

/// The value of a field, as its type is read.
struct ContactValue: Sendable {
  let field: JSONValue

  /// - Parameter field: A field of a contact of the API, with its type.
  init(_ field: JSONValue) { self.field = field }

  private static let linkTemplate = Template(
    #"<a href="{{href}}"{{#isOutside}} rel="noopener noreferrer" target="_blank"{{/isOutside}}>{{text}}</a>"#
  )

  func callAsFunction(_ page: PageRequest) -> HTML {
    guard let text = field["value"]?.text, !text.isEmpty else { return page.muted("–") }
    switch field["type"]?.text {
    case "email": return link(text, "mailto:\(text)", page)
    case "tel": return link(text, "tel:\(text.filter { $0.isNumber || $0 == "+" })", page)
    case "url":
      // Only what leads to a page becomes a link.
      let isPage = ["http://", "https://"].contains { text.lowercased().hasPrefix($0) }
      return isPage ? link(text, text, page, isOutside: true) : HTML(escaping: text)
    case "date", "datetime": return HTML(escaping: page.formats.moment(text))
    case "boolean":
      let isTrue = field["value"]?.truth == true
      let named = field["properties"]?[isTrue ? "yes" : "no"]?.text
      return HTML(escaping: named ?? page.texts(isTrue ? "Yes" : "No"))
    case "number": return page.plain(field["value"]?.integer.map(page.formats.number) ?? text)
    case "select", "multiselect":
      return HTML(
        escaping: text.split(separator: "|").map { label(String($0)) }.joined(separator: ", "))
    default: return HTML(escaping: text)
    }
  }

  private func link(
    _ text: String, _ href: String, _ page: PageRequest, isOutside: Bool = false
  ) -> HTML {
    Self.linkTemplate(["text": text, "href": href, "isOutside": isOutside], page.texts)
  }

  /// What a value of a choice is called.
  private func label(_ value: String) -> String {
    let choices = field["properties"]?["list"]?.elements ?? []
    return choices.first { $0["value"]?.text == value }?["label"]?.text ?? value
  }
}
