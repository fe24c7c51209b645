import API

/// How far a webhook is, by the API's `/hooks/{id}/state`.
struct WebhookFigures: Sendable {
  let state: JSONValue

  init(_ state: JSONValue) { self.state = state }

  /// The most events that the API counts.
  private static let mostCounted = 10_000

  /// A word that changes when the page's buttons do.
  var word: String {
    let isFailing = failing > 0 ? "failing" : "well"
    guard state["isPublished"]?.truth == true else { return "off" }
    return state["isPaused"]?.truth == true ? "paused" : isFailing
  }

  var failing: Int { state["failing"]?.integer ?? 0 }

  /// The events that are in no delivery yet; nil for more than are counted.
  var queued: Int? {
    let queued = state["queued"]?.integer ?? 0
    return queued < Self.mostCounted ? queued : nil
  }

  /// What the page shows live.
  var figures: JSONValue {
    [
      "state": .string(word), "queued": queued.map { .int($0) } ?? "10,000+",
      "waiting": state["waiting"] ?? 0, "failing": .int(failing),
      "delivered": state["delivered"] ?? 0,
    ]
  }

  private static let template = Template(
    #"""
    <div class="tiles">{{#tiles}}<div class="tile"><span class="tile-label">{{name}}</span><span class="tile-figure" data-figure="{{key}}">{{figure}}</span></div>{{/tiles}}</div>
    """#)

  func tiles(_ page: PageRequest) -> HTML {
    let (texts, formats) = (page.texts, page.formats)
    let tiles = [
      ("queued", texts("Events that wait"), queued.map { formats.number($0) } ?? "10,000+"),
      (
        "waiting", texts("Deliveries that wait"),
        formats.number(state["waiting"]?.integer ?? 0)
      ),
      ("failing", texts("Of them failed so far"), formats.number(failing)),
      ("delivered", texts("Delivered"), formats.number(state["delivered"]?.integer ?? 0)),
    ]
    return Self.template(
      ["tiles": tiles.map { ["key": $0.0, "name": $0.1, "figure": $0.2] as [String: Any] }], texts)
  }
}
