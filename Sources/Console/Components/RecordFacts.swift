/// A list of properties with their values.
struct RecordFacts: Sendable {
  /// The name of a property, in the reader's language, and its value.
  var facts: [(name: String, value: HTML)]

  init(_ facts: [(name: String, value: HTML)]) { self.facts = facts }

  private static let template = Template(
    #"""
    <dl class="facts lined">{{#facts}}<div><dt>{{name}}</dt><dd>{{{valueHTML}}}</dd></div>{{/facts}}</dl>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    Self.template(
      ["facts": facts.map { ["name": $0.name, "valueHTML": $0.value] as [String: Any] }], page.texts
    )
  }
}

/// Figures with their names, side by side.
struct FigureTiles: Sendable {
  /// The name of a figure, in the reader's language, and what it is.
  var tiles: [(name: String, figure: String)]

  init(_ tiles: [(name: String, figure: String)]) { self.tiles = tiles }

  private static let template = Template(
    #"""
    <div class="tiles">{{#tiles}}<div class="tile"><span class="tile-label">{{name}}</span><span class="tile-figure">{{figure}}</span></div>{{/tiles}}</div>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    Self.template(
      ["tiles": tiles.map { ["name": $0.name, "figure": $0.figure] as [String: Any] }], page.texts)
  }
}
