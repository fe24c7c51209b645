/// A box that says something about what was done or cannot be done.
struct Alert: Sendable {
  enum Kind: String, Sendable {
    case ok, info, warn, bad
  }

  var kind: Kind
  var text: String

  init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  private static let template = Template(
    #"""
    <div class="alert {{kind}}" role="{{role}}"><svg class="icon" aria-hidden="true"><use href="{{icons}}#{{kind}}"/></svg><div>{{text}}</div></div>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    Self.template(
      [
        "kind": kind.rawValue, "text": text, "role": kind == .bad ? "alert" : "status",
        "icons": WebFiles.icons,
      ], page.texts)
  }
}

/// What stands where there is nothing to show: what would be here, and how it comes to be.
struct EmptyState: Sendable {
  /// In the reader's language, as all of it.
  var title: String
  var text: String
  /// The name of a symbol in `icons.svg`; empty for none.
  var icon = ""
  /// A button: its text and address; nil for none.
  var action: (text: String, address: String)?

  private static let template = Template(
    #"""
    <div class="empty">{{#icon}}<svg class="icon" aria-hidden="true"><use href="{{icons}}#{{icon}}"/></svg>{{/icon}}<h2>{{title}}</h2><p>{{text}}</p>{{#href}}<div class="actions"><a class="button primary" href="{{href}}">[icon:plus]{{button}}</a></div>{{/href}}</div>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    Self.template(
      [
        "title": title, "text": text, "href": action?.address ?? "", "button": action?.text ?? "",
        "icon": icon, "icons": WebFiles.icons,
      ], page.texts)
  }
}

/// Leads to the other pages of a list.
struct Pager: Sendable {
  let page: PageRequest
  var start: Int
  var limit: Int
  var total: Int
  /// Whether the total is the database's guess.
  var isEstimated = false
  /// The parameter of the query with the number of rows before the page.
  var parameter = "start"

  private static let template = Template(
    #"""
    <nav class="pager" aria-label="[[Pages]]"><span class="num">{{range}}</span>
    <span class="buttons">{{#previous}}<a class="button small" rel="prev" href="{{previous}}">[icon:chevron-left][[Previous]]</a>{{/previous}}{{^previous}}<span class="button small" aria-disabled="true">[icon:chevron-left][[Previous]]</span>{{/previous}}{{#next}}<a class="button small" rel="next" href="{{next}}">[[Next]][icon:chevron-right]</a>{{/next}}{{^next}}<span class="button small" aria-disabled="true">[[Next]][icon:chevron-right]</span>{{/next}}</span></nav>
    """#)

  func callAsFunction() -> HTML {
    let formats = page.formats
    let end = min(start &+ limit, total)
    var values: [String: Any] = [
      "range": page.texts(
        isEstimated ? "{first} to {last} of about {total}" : "{first} to {last} of {total}",
        [
          "first": formats.number(min(start + 1, total)), "last": formats.number(end),
          "total": formats.number(total),
        ])
    ]
    if start > 0 {
      let before = max(0, start - limit)
      values["previous"] = page.address(with: [parameter: before > 0 ? String(before) : nil])
    }
    if end < total, start < total { values["next"] = page.address(with: [parameter: String(end)]) }
    return Self.template(values, page.texts)
  }
}
