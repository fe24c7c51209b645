import CPCRE2

/// What PCRE2 needs to match, for one text at a time.
///
/// `@unchecked Sendable`: ``MatchMemoryPool`` hands each to one task at a time, under a lock, and takes it back only when
/// that task is through.
final class MatchMemory: @unchecked Sendable {
  /// The steps that one expression may take. Real agents need some hundreds.
  static let stepLimit: UInt32 = 20_000
  /// The memory that one expression may use beside the stack of compiled code, in KiB.
  private static let heapLimit: UInt32 = 1_024
  /// The groups that can be asked for.
  static let groups = 16
  /// The expressions that may give up on one text; then the rest is not tried.
  static let failureLimit = 8

  let data: OpaquePointer
  let context: OpaquePointer
  private let stack: OpaquePointer?
  /// The expressions that were matched with the text, and how many of them gave up at a limit.
  var attempts = 0
  var failures = 0

  /// - Throws: ``AgentDataError`` if there is no memory.
  init() throws(AgentDataError) {
    guard let data = pcre2_match_data_create_8(UInt32(Self.groups), nil) else {
      throw AgentDataError("there is no memory for matching")
    }
    guard let context = pcre2_match_context_create_8(nil) else {
      pcre2_match_data_free_8(data)
      throw AgentDataError("there is no memory for matching")
    }
    self.data = data
    self.context = context
    // Without one of its own, compiled code uses 32 KiB of the thread's stack.
    stack = pcre2_jit_stack_create_8(32 * 1_024, 256 * 1_024, nil)
    if let stack { pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack)) }
    pcre2_set_match_limit_8(context, Self.stepLimit)
    pcre2_set_depth_limit_8(context, Self.stepLimit)
    pcre2_set_heap_limit_8(context, Self.heapLimit)
  }

  deinit {
    if let stack { pcre2_jit_stack_free_8(stack) }
    pcre2_match_context_free_8(context)
    pcre2_match_data_free_8(data)
  }

  /// Whether the text has cost so much that no further expression is tried.
  var isExhausted: Bool { failures >= Self.failureLimit }

  func begin() {
    attempts = 0
    failures = 0
  }
}
