import Synchronization

/// All expressions of a file of data, each known by its number. They are compiled when they are
/// first needed: of twenty thousand, those of the models that nobody uses never are.
final class ExpressionSet: Sendable {
  struct Source: Sendable {
    let pattern: String
    let boundary: ExpressionBoundary
  }

  private enum State: Sendable {
    case new
    case ready(Expression)
    case broken
  }

  let sources: [Source]
  let index: LiteralIndex
  private let states: Mutex<[State]>

  init(_ sources: [Source]) {
    self.sources = sources
    index = LiteralIndex(sources.map { RequiredLiterals.of($0.pattern) })
    states = Mutex([State](repeating: .new, count: sources.count))
  }

  /// The expression with a number; `nil` for a pattern that does not compile, which ``check()``
  /// would have told.
  func expression(_ number: Int) -> Expression? {
    switch states.withLock({ $0[number] }) {
    case .ready(let expression): return expression
    case .broken: return nil
    case .new: break
    }
    let source = sources[number]
    let state: State
    do throws(AgentDataError) {
      state = .ready(try Expression(source.pattern, source.boundary, isFast: true))
    } catch {
      state = .broken
    }
    // Of two threads that compile it at once, either result will do.
    states.withLock { $0[number] = state }
    if case .ready(let expression) = state { return expression }
    return nil
  }

  /// Compiles every expression once, without keeping any.
  ///
  /// - Throws: ``AgentDataError`` for the first that is none.
  func check() throws(AgentDataError) {
    for source in sources {
      _ = try Expression(source.pattern, source.boundary, isFast: false)
    }
  }
}

/// The numbers of expressions while they are given out.
struct ExpressionSetBuilder {
  private(set) var sources: [ExpressionSet.Source] = []

  mutating func add(_ pattern: String, _ boundary: ExpressionBoundary = .list) -> Int {
    sources.append(ExpressionSet.Source(pattern: pattern, boundary: boundary))
    return sources.count - 1
  }

  /// Adds the patterns of a list.
  ///
  /// - Returns: Their numbers, which follow each other.
  mutating func add(_ patterns: some Sequence<String>) -> Range<Int> {
    let start = sources.count
    for pattern in patterns { _ = add(pattern) }
    return start..<sources.count
  }
}
