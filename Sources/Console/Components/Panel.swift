/// A box that a part of a page stands in.
struct Panel: Sendable {
  /// In the reader's language; empty for none.
  var heading = ""
  /// Buttons beside the heading.
  var actionsHTML = HTML.empty
  /// Whether rows in it can be selected, and are acted upon by a bar.
  var isSelectable = false
  /// Whether the content keeps a distance from the edges; false for tables.
  var isPadded = true

  /// A box for a form or a text.
  init(_ heading: String = "", actionsHTML: HTML = .empty, isPadded: Bool = true) {
    self.heading = heading
    self.actionsHTML = actionsHTML
    self.isPadded = isPadded
  }

  /// A box for a list.
  init(selectable: Bool) {
    isSelectable = selectable
    isPadded = false
  }

  private static let template = Template(
    #"""
    <section class="panel{{#isSelectable}} selectable{{/isSelectable}}">{{#heading}}<header class="panel-head"><h2>{{heading}}</h2>{{{actionsHTML}}}</header>{{/heading}}{{#isPadded}}<div class="panel-body">{{{contentHTML}}}</div>{{/isPadded}}{{^isPadded}}{{{contentHTML}}}{{/isPadded}}</section>
    """#)

  func callAsFunction(_ content: HTML, _ page: PageRequest) -> HTML {
    Self.template(
      [
        "heading": heading, "actionsHTML": actionsHTML, "contentHTML": content,
        "isSelectable": isSelectable, "isPadded": isPadded,
      ], page.texts)
  }
}
