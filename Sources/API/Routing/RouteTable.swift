import Hummingbird
import Primitives

/// Finds the route of a request.
struct RouteTable: Sendable {
  /// The result of a search for a path and a method.
  enum Match: Sendable {
    case route(Route, parameters: [String: String])
    /// The path exists, but not for this method; these methods are allowed.
    case methodNotAllowed(allowed: [String])
    case notFound
  }

  private struct Node: Sendable {
    var literals: [String: Node] = [:]
    var parameters: [Parameter] = []
    var routes: [Route] = []
  }

  private struct Parameter: Sendable {
    var name: String
    var isNumber: Bool
    var node: Node
  }

  private var root = Node()
  /// Routes that are asked where no other begins like the path.
  private var lastResort = Node()
  /// The routes in the order they were added.
  private(set) var routes: [Route] = []

  init(_ routes: [Route] = []) {
    for route in routes { add(route) }
  }

  /// Adds a route; one with the same path and method replaces it.
  mutating func add(_ route: Route) {
    routes.append(route)
    let segments = Self.segments(of: route.path)[...]
    if route.isLastResort {
      Self.insert(route, segments: segments, into: &lastResort)
    } else {
      Self.insert(route, segments: segments, into: &root)
    }
  }

  /// The first parts of the paths of all routes but the last resorts.
  var beginnings: Set<String> { Set(root.literals.keys) }

  private static func insert(_ route: Route, segments: ArraySlice<String>, into node: inout Node) {
    guard let segment = segments.first else {
      node.routes.removeAll { $0.method == route.method }
      node.routes.append(route)
      return
    }
    let rest = segments.dropFirst()
    guard segment.hasPrefix("{"), segment.hasSuffix("}") else {
      insert(route, segments: rest, into: &node.literals[segment, default: Node()])
      return
    }
    let inner = segment.dropFirst().dropLast()
    let isNumber = !inner.hasSuffix(":text")
    let name = String(isNumber ? inner : inner.dropLast(":text".count))
    let index = node.parameters.firstIndex { $0.name == name && $0.isNumber == isNumber }
    if let index {
      insert(route, segments: rest, into: &node.parameters[index].node)
    } else {
      var child = Node()
      insert(route, segments: rest, into: &child)
      node.parameters.append(Parameter(name: name, isNumber: isNumber, node: child))
    }
  }

  /// Finds the route of a path without its query. A fixed word wins over a parameter.
  func match(_ method: HTTPRequest.Method, path: String) -> Match {
    let segments = Self.segments(of: path)[...]
    guard let first = segments.first, root.literals[first] == nil else {
      return Self.match(method, segments, in: root)
    }
    // Only what answers the method: to others the path is unknown.
    if case .route(let route, let parameters) = Self.match(method, segments, in: lastResort) {
      return .route(route, parameters: parameters)
    }
    return Self.match(method, segments, in: root)
  }

  private static func match(
    _ method: HTTPRequest.Method, _ segments: ArraySlice<String>, in root: Node
  ) -> Match {
    var found: [(node: Node, parameters: [String: String])] = []
    collect(segments, node: root, parameters: [:], into: &found)
    for candidate in found {
      if let route = candidate.node.routes.first(where: { $0.method == method }) {
        return .route(route, parameters: candidate.parameters)
      }
    }
    // A route for GET also answers HEAD; the content is left out when it is written.
    if method == .head { return match(.get, segments, in: root) }
    let allowed = Set(found.flatMap { $0.node.routes.map(\.method.rawValue) })
    return allowed.isEmpty ? .notFound : .methodNotAllowed(allowed: allowed.sorted())
  }

  private static func collect(
    _ segments: ArraySlice<String>, node: Node, parameters: [String: String],
    into found: inout [(node: Node, parameters: [String: String])]
  ) {
    guard let segment = segments.first else {
      if !node.routes.isEmpty { found.append((node, parameters)) }
      return
    }
    let rest = segments.dropFirst()
    if let child = node.literals[segment] {
      collect(rest, node: child, parameters: parameters, into: &found)
    }
    for parameter in node.parameters where !parameter.isNumber || isID(segment) {
      var parameters = parameters
      parameters[parameter.name] = segment
      collect(rest, node: parameter.node, parameters: parameters, into: &found)
    }
  }

  /// An id is a positive whole number; anything else in its place is an unknown path.
  private static func isID(_ segment: String) -> Bool {
    guard segment.utf8.allSatisfy({ (48...57).contains($0) }) else { return false }
    return (Int64(segment) ?? 0) > 0
  }

  private static func segments(of path: String) -> [String] {
    path.split(separator: "/", omittingEmptySubsequences: true).map {
      $0.utf8.contains(UInt8(ascii: "%"))
        ? PercentCoding.decode($0.utf8, plusIsBlank: false) : String($0)
    }
  }
}
