import API

/// What a segment is made of and what is made of it, as a drawing: a column for each step, lines from a segment to those that
/// read its members.
struct DependencyPicture: Sendable {
  private struct Node {
    var id: Int
    var name: String
    var isPublished: Bool
    var distance: Int
    var references: [Int]
    var x = 0
    var y = 0
  }

  private var nodes: [Node]

  private static let (width, height) = (180, 36)
  private static let (across, down) = (236, 50)
  /// The most that are drawn; lists name all.
  private static let most = 60

  /// - Parameter segments: The member `segments` of the API's answer.
  init(_ segments: JSONValue?) {
    nodes = (segments?.elements ?? []).map { segment in
      Node(
        id: segment["id"]?.integer ?? 0, name: segment["name"]?.text ?? "",
        isPublished: segment["isPublished"]?.truth == true,
        distance: segment["distance"]?.integer ?? 0,
        references: (segment["references"]?.elements ?? []).compactMap(\.integer))
    }
    let first = nodes.map(\.distance).min() ?? 0
    var rows: [Int: Int] = [:]
    for place in nodes.indices {
      let distance = nodes[place].distance
      nodes[place].x = (distance - first) * Self.across
      nodes[place].y = rows[distance, default: 0] * Self.down
      rows[distance, default: 0] += 1
    }
  }

  /// Whether there is anything beside the segment itself.
  var isWorthDrawing: Bool { nodes.count > 1 && nodes.count <= Self.most }

  private static let template = Template(
    #"""
    <div class="dependencies" tabindex="0" role="group" aria-label="{{label}}"><svg viewBox="-2 -2 {{width}} {{height}}" width="{{width}}" height="{{height}}" role="group" aria-label="{{label}}">{{#lines}}<path class="dependency-line" d="{{.}}"/>{{/lines}}{{#nodes}}<a href="/console/segments/{{id}}"><g class="dependency{{#isOwn}} own{{/isOwn}}{{#isOff}} off{{/isOff}}"><rect x="{{x}}" y="{{y}}" width="180" height="36" rx="8"/><text x="{{textX}}" y="{{textY}}">{{short}}</text><title>{{name}}</title></g></a>{{/nodes}}</svg></div>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    guard isWorthDrawing else { return .empty }
    let byID = Dictionary(nodes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let lines = nodes.flatMap { user in
      user.references.compactMap { byID[$0].map { Self.line(from: $0, to: user) } }
    }
    return Self.template(
      [
        "label": page.texts("How the segments depend on each other"),
        "width": (nodes.map(\.x).max() ?? 0) + Self.width + 4,
        "height": (nodes.map(\.y).max() ?? 0) + Self.height + 4, "lines": lines,
        "nodes": nodes.map { node -> [String: Any] in
          [
            "id": node.id, "x": node.x, "y": node.y, "textX": node.x + 12, "textY": node.y + 23,
            "name": node.name, "isOwn": node.distance == 0, "isOff": !node.isPublished,
            "short": node.name.count > 22 ? node.name.prefix(21) + "…" : node.name,
          ]
        },
      ], page.texts)
  }

  private static func line(from used: Node, to user: Node) -> String {
    let (startX, startY) = (used.x + width, used.y + height / 2)
    let (endX, endY) = (user.x, user.y + height / 2)
    let bend = max(28, abs(endX - startX) / 2)
    return "M\(startX) \(startY)C\(startX + bend) \(startY) \(endX - bend) \(endY) \(endX) \(endY)"
  }
}
