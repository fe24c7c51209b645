import Primitives

/// Parses query strings and form bodies in PHP's bracket syntax: `a[b]=1`, `a[]=x`, `a[0][b]=1`.
///
/// Every value is a string. Keys that count 0, 1, 2 … make an array, others an object; a plain name
/// that occurs twice keeps its last value.
enum BracketParameters {
  /// More than this many parameters, or brackets nested deeper, are refused.
  static let maximumCount = 20_000
  static let maximumDepth = 32

  /// Parses `a=1&b[c]=2`; an object always, empty for an empty text.
  static func parse(_ bytes: some Collection<UInt8>) throws(APIError) -> JSONValue {
    let root = Node()
    var count = 0
    for pair in bytes.split(separator: UInt8(ascii: "&")) {
      count += 1
      guard count <= maximumCount else {
        throw .badRequest("More than \(maximumCount) parameters.")
      }
      let parts = pair.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = PercentCoding.decode(parts[0], plusIsBlank: true)
      let value = parts.count > 1 ? PercentCoding.decode(parts[1], plusIsBlank: true) : ""
      try root.insert(path(of: name), value)
    }
    return .object(root.object)
  }

  /// The tree for parameters that were read one by one, as from a multipart body.
  static func tree(_ fields: [(name: String, value: String)]) throws(APIError) -> JSONValue {
    guard fields.count <= maximumCount else {
      throw .badRequest("More than \(maximumCount) parameters.")
    }
    let root = Node()
    for field in fields { try root.insert(path(of: field.name), field.value) }
    return .object(root.object)
  }

  /// `a[b][]` as its steps; an empty step appends. A bracket that is not closed is part of the name.
  private static func path(of name: String) throws(APIError) -> [String] {
    guard let bracket = name.firstIndex(of: "["), bracket != name.startIndex else { return [name] }
    var steps = [String(name[..<bracket])]
    var rest = name[bracket...]
    while rest.first == "[" {
      guard let end = rest.firstIndex(of: "]") else {
        return steps.count == 1 ? [name] : steps
      }
      steps.append(String(rest[rest.index(after: rest.startIndex)..<end]))
      guard steps.count <= maximumDepth else { throw .badRequest("Parameters nested too deeply.") }
      rest = rest[rest.index(after: end)...]
    }
    return steps
  }

  /// A node of the tree while it grows: either a value or children in order of first appearance.
  private final class Node {
    private var value: String?
    private var order: [String] = []
    private var children: [String: Node] = [:]
    private var nextIndex = 0

    func insert(_ path: [String], _ text: String) {
      var node = self
      for step in path { node = node.child(step) }
      node.value = text
      node.order = []
      node.children = [:]
      node.nextIndex = 0
    }

    private func child(_ step: String) -> Node {
      value = nil
      let key = step.isEmpty ? String(nextIndex) : step
      if let index = Int(key), index >= nextIndex, index < Int.max { nextIndex = index + 1 }
      if let child = children[key] { return child }
      let child = Node()
      children[key] = child
      order.append(key)
      return child
    }

    var object: JSONObject {
      var object = JSONObject()
      for key in order { if let child = children[key] { object.append(key, child.json) } }
      return object
    }

    private var json: JSONValue {
      if let value { return .string(value) }
      let isList = order.enumerated().allSatisfy { String($0.offset) == $0.element }
      guard isList else { return .object(object) }
      return .array(order.compactMap { children[$0]?.json })
    }
  }
}
