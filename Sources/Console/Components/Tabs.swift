/// Links to the parts of something, of which one is shown.
struct Tabs: Sendable {
  /// A link.
  struct Tab: Sendable {
    /// In the reader's language.
    var text: String
    /// Below `/console/`.
    var path: String
    var isCurrent: Bool
    /// A number beside the text; nil for none.
    var count: Int?
  }

  /// What they are, read aloud.
  let label: String
  let tabs: [Tab]

  init(_ label: String, _ tabs: [Tab]) {
    self.label = label
    self.tabs = tabs
  }

  private static let template = Template(
    #"""
    <nav class="tabs" aria-label="{{label}}">{{#tabs}}<a href="{{href}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{text}}{{#count}} <span class="count">{{.}}</span>{{/count}}</a>{{/tabs}}</nav>
    """#)

  /// The links; nothing where there is but one.
  func callAsFunction(_ page: PageRequest) -> HTML {
    guard tabs.count > 1 else { return .empty }
    return Self.template(
      [
        "label": label,
        "tabs": tabs.map { tab -> [String: Any] in
          [
            "text": tab.text, "href": "/console/\(tab.path)", "isCurrent": tab.isCurrent,
            "count": tab.count.map(page.formats.number) ?? "",
          ]
        },
      ], page.texts)
  }
}
