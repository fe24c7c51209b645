import API

/// Whom a list of contacts shows before anything is searched for.
enum ContactView: String, CaseIterable, Sendable {
  /// Those of whom something identifying is known (CON-113).
  case known
  /// Those of whom only visits are known.
  case visitors
  /// Those whom the user owns.
  case mine
  case all

  /// The terms of the search that stand for it; empty for none.
  var terms: String {
    switch self {
    case .known: "!is:anonymous"
    case .visitors: "is:anonymous"
    case .mine: "is:mine"
    case .all: ""
    }
  }

  /// Its name, in the reader's language.
  func name(_ texts: Texts) -> String {
    switch self {
    case .known: texts("Known")
    case .visitors: texts("Visitors")
    case .mine: texts("Mine")
    case .all: texts("All")
    }
  }
}

/// What a list of contacts shows: all of it stands in the address, which so is a view to keep.
struct ContactListState: Sendable {
  var view: ContactView
  /// What the user has typed.
  var search: String
  /// The alias of the segment within which is searched; empty for none.
  var segment: String
  /// The columns beside the name.
  var columns: [String]
  /// What the API orders by; empty for its own order, the last active first.
  var orderBy: String
  var direction: String
  var start: Int

  /// The columns where the user has chosen none.
  static let usualColumns = ["company", "stage", "place", "tags", "points", "lastActive"]
  /// The most columns.
  private static let mostColumns = 20

  /// The state in the address of a page.
  init(_ page: PageRequest) {
    self.init { page.query($0) }
  }

  /// The state that a form carries along.
  init(_ body: FormBody) {
    self.init { body.text($0) }
  }

  /// - Parameter value: The value of a parameter; nil for none.
  init(_ value: (String) -> String?) {
    search = value("search") ?? ""
    segment = value("segment") ?? ""
    let asksForVisitors = search.lowercased().contains("is:anonymous")
    view = value("view").flatMap(ContactView.init) ?? (asksForVisitors ? .all : .known)
    let chosen = (value("columns") ?? "").split(separator: ",").map(String.init)
    columns = chosen.isEmpty ? Self.usualColumns : Array(chosen.prefix(Self.mostColumns))
    orderBy = value("orderBy") ?? ""
    direction = value("orderByDir")?.uppercased() == "DESC" ? "DESC" : "ASC"
    start = max(0, value("start").flatMap { Int($0) } ?? 0)
  }

  /// The search that the API is given: view, segment, and what was typed; empty for everybody.
  var wholeSearch: String {
    var terms = [view.terms]
    if !segment.isEmpty { terms.append("segment:\(segment)") }
    terms.append(typed)
    return terms.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// What was typed, in parentheses where it may have alternatives, which all the other terms apply to.
  private var typed: String {
    let text = search.split(separator: " ").joined(separator: " ")
    guard text.lowercased().contains(/\bor\b/) else { return text }
    // A phrase whose end is missing must not swallow the parenthesis.
    let isOpen = text.count { $0 == "\"" } % 2 == 1
    return "(" + text + (isOpen ? "\"" : "") + ")"
  }

  /// Whether the list shows less than its view.
  var isNarrowed: Bool { !search.isEmpty || !segment.isEmpty }

  /// The parameters of the address, without the place in the list.
  var parameters: [(name: String, value: String)] {
    var parameters: [(String, String)] = []
    if view != .known || search.lowercased().contains("is:anonymous") {
      parameters.append(("view", view.rawValue))
    }
    if !search.isEmpty { parameters.append(("search", search)) }
    if !segment.isEmpty { parameters.append(("segment", segment)) }
    if columns != Self.usualColumns {
      parameters.append(("columns", columns.joined(separator: ",")))
    }
    if !orderBy.isEmpty { parameters += [("orderBy", orderBy), ("orderByDir", direction)] }
    return parameters
  }

  /// The parameters as values of a template.
  func fields(without names: Set<String> = []) -> [[String: Any]] {
    parameters.filter { !names.contains($0.name) }.map { ["name": $0.name, "value": $0.value] }
  }

  /// An address below `/console/` with the state.
  func address(_ path: String = "contacts", start: Int = 0) -> String {
    var pairs = parameters
    if start > 0 { pairs.append(("start", String(start))) }
    let query = pairs.map { "\($0.name)=\(PageRequest.encoded($0.value))" }
    return path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
  }
}
