/// The problems of a request by field, so many that a person can use them: an answer must not grow with what is wrong.
struct Problems {
  /// The maximum number of problems told.
  static let maximum = 100
  private static let maximumName = 200
  private static let maximumMessage = 1000

  /// The problems in the order found; those of one field stand together.
  private(set) var list: [(field: String, messages: [String])] = []
  /// The number of problems that are left out.
  private(set) var omitted = 0

  init(_ problems: [(field: String, messages: [String])]) {
    var places: [String: Int] = [:]
    var count = 0
    for problem in problems {
      let room = max(0, Self.maximum - count)
      omitted += max(0, problem.messages.count - room)
      let messages = problem.messages.prefix(room).map { Self.shortened($0, Self.maximumMessage) }
      guard !messages.isEmpty else { continue }
      count += messages.count
      let field = Self.shortened(problem.field, Self.maximumName)
      if let place = places[field] {
        list[place].messages += messages
      } else {
        places[field] = list.count
        list.append((field, messages))
      }
    }
  }

  private static func shortened(_ text: String, _ limit: Int) -> String {
    text.utf8.count <= limit ? text : String(text.prefix(limit - 1)) + "…"
  }
}
