import API

import enum Primitives.PercentCoding

/// Short pieces of markup for cells and lists of properties.
extension PageRequest {
  private static let linkTemplate = Template(#"<a href="{{href}}">{{text}}</a>"#)
  private static let badgeTemplate = Template(#"<span class="badge {{kind}}">{{text}}</span>"#)
  private static let timeTemplate = Template(
    #"<time datetime="{{exact}}">{{text}}</time>"#)
  private static let mutedTemplate = Template(#"<span class="muted">{{text}}</span>"#)
  private static let colorTemplate = Template(
    #"<span class="swatch" data-color="{{color}}"></span>"#)

  /// What a badge tells beside its text.
  enum BadgeKind: String, Sendable {
    case plain = ""
    case ok, warn, bad, info
  }

  /// A text, escaped.
  func plain(_ text: String?) -> HTML {
    guard let text, !text.isEmpty else { return muted("–") }
    return HTML(escaping: text)
  }

  func muted(_ text: String) -> HTML { Self.mutedTemplate(["text": text], texts) }

  /// A link to a page of the console.
  ///
  /// - Parameter path: Below `/console/`.
  func link(_ text: String, to path: String) -> HTML {
    Self.linkTemplate(["text": text.isEmpty ? "–" : text, "href": "/console/\(path)"], texts)
  }

  func badge(_ text: String, _ kind: BadgeKind = .plain) -> HTML {
    Self.badgeTemplate(["text": text, "kind": kind.rawValue], texts)
  }

  /// A time of the API, in the user's zone; a dash for null.
  func time(_ value: JSONValue?) -> HTML {
    guard let text = value?.text, !text.isEmpty else { return muted("–") }
    return Self.timeTemplate(["exact": text, "text": formats.moment(text)], texts)
  }

  /// A count with groups of three digits; a dash where there is none.
  func count(_ value: JSONValue?) -> HTML {
    guard let number = value?.integer else { return muted("–") }
    return HTML(escaping: formats.number(number))
  }

  /// Whether a record is published, by its member `isPublished`.
  func published(_ record: JSONValue) -> HTML {
    record["isPublished"]?.truth == true
      ? badge(texts("Published"), .ok) : badge(texts("Not published"))
  }

  /// A color of a category or stage.
  func swatch(_ color: String?) -> HTML {
    guard let color, !color.isEmpty else { return .empty }
    return Self.colorTemplate(["color": color.hasPrefix("#") ? color : "#\(color)"], texts)
  }

  /// The address of this page with some parameters of the query set, or taken away.
  func address(with changes: [String: String?]) -> String {
    var parameters: [(String, String)] = []
    if case .object(let query) = request.query {
      for member in query.members where changes[member.key] == nil {
        if let text = member.value.text {
          parameters.append((member.key, text))
        } else {
          // Of several values each is kept.
          let texts = (member.value.elements ?? []).compactMap(\.text)
          parameters += texts.map { (member.key + "[]", $0) }
        }
      }
    }
    for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
      if let value { parameters.append((name, value)) }
    }
    let query = parameters.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }
    return request.path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
  }

  /// A text as part of a query.
  static func encoded(_ text: String) -> String {
    PercentCoding.encode(text.utf8, keeping: PercentCoding.unreserved)
  }
}
