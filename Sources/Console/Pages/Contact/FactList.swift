/// Names with their values, one below the other.
struct FactList: Sendable {
  /// A name and its value.
  struct Fact: Sendable {
    var name: String
    var valueHTML: HTML

    init(_ name: String, _ value: HTML) {
      self.name = name
      valueHTML = value
    }
  }

  var facts: [Fact]
  /// Whether they stand in two columns where there is room.
  var isWide = false

  private static let template = Template(
    #"""
    <dl class="facts{{#isWide}} two{{/isWide}}">{{#facts}}<div><dt>{{name}}</dt><dd>{{{valueHTML}}}</dd></div>{{/facts}}</dl>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    Self.template(
      [
        "isWide": isWide,
        "facts": facts.map { ["name": $0.name, "valueHTML": $0.valueHTML] as [String: Any] },
      ], page.texts)
  }
}
