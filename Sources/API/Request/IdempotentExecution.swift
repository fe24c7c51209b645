/// The execution of a request that came with an idempotency key, as its handler sees it.
struct IdempotentExecution: Sendable {
  /// The path of the resource that an execution which died with its process had begun. It may be complete:
  /// then starting over would create it twice.
  var begun: String?
  /// Records the path of the resource that this execution has begun, before any part of it can be complete.
  var note: @Sendable (_ location: String) async throws -> Void
}
