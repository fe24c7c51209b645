/// The tabs of a record: links to its pages, of which the current one marks itself.
struct RecordTabs: Sendable {
  /// A page of the record.
  struct Tab: Sendable {
    /// In the reader's language.
    var text: String
    /// Below the record's path; empty for its first page.
    var path: String
    /// A figure beside the text; nil for none.
    var count: Int?
  }

  /// What the pages are about, read aloud.
  var label: String
  /// The path of the record below `/console/`.
  var path: String
  var tabs: [Tab]

  private static let template = Template(
    #"""
    <nav class="tabs" aria-label="{{label}}">{{#tabs}}<a href="{{href}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{text}}{{#count}}<span class="count">{{count}}</span>{{/count}}</a>{{/tabs}}</nav>
    """#)

  /// - Parameter current: The path of the tab that is shown.
  func callAsFunction(_ current: String, _ page: PageRequest) -> HTML {
    Self.template(
      [
        "label": label,
        "tabs": tabs.map { tab -> [String: Any] in
          [
            "text": tab.text, "isCurrent": tab.path == current,
            "href": "/console/\(path)" + (tab.path.isEmpty ? "" : "/\(tab.path)"),
            "count": tab.count.map { page.formats.number($0) } ?? "",
          ]
        },
      ], page.texts)
  }
}
