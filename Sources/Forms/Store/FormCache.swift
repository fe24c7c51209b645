import Synchronization

/// Forms as this process has read them. Nothing tells it of changes: a user of a form has its version proved by the
/// statement that depends on it.
final class FormCache: Sendable {
  /// The number of forms that are remembered; then all are forgotten.
  private static let limit = 200
  private let forms = Mutex<[Int64: Form]>([:])

  subscript(_ id: Int64) -> Form? { forms.withLock { $0[id] } }

  func note(_ form: Form) {
    forms.withLock { forms in
      if forms.count >= Self.limit, forms[form.id] == nil { forms = [:] }
      forms[form.id] = form
    }
  }

  func forget(_ id: Int64) { forms.withLock { $0[id] = nil } }
}
