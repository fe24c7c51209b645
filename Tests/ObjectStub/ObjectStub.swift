import Foundation
public import Synchronization
import TestSupport

/// A bucket in memory behind the protocol of Amazon S3, on a free port of this machine. It takes only what is signed with
/// its keys, and checks that by itself.
public final class ObjectStub: Sendable {
  /// What an answer is replaced by.
  public enum Trouble: Sendable {
    /// A status with an error of this code.
    case status(Int, String)
    /// The request is done, and the connection closed without an answer.
    case lostAnswer
    /// Nothing at all, until the other side goes.
    case silence
  }

  /// What the bucket holds.
  public struct Content: Sendable {
    /// The objects by their keys.
    public var objects: [String: [UInt8]] = [:]
    /// Uploads in parts that are not put together, by their ids.
    public var uploads: [String: Upload] = [:]
    /// The requests so far, each method and path.
    public var log: [String] = []
    var count = 0
  }

  /// An upload in parts.
  public struct Upload: Sendable {
    /// The key of the object.
    public var key: String
    var parts: [Int: [UInt8]] = [:]
  }

  /// The name of the bucket.
  public static let bucket = "files"
  /// Its region.
  public static let region = "test-1"
  /// The name of the key to it.
  public static let accessKey = "AKTEST"
  /// The key to it, with characters that libcurl's own notation of keys gives a meaning.
  public static let secretKey = "s3cr:et/+="

  /// What the bucket holds.
  public let content = Mutex(Content())
  /// Troubles to come, by the request.
  private let trouble: Mutex<@Sendable (AskedObject) -> Trouble?>
  private let listener = Mutex<Listener?>(nil)

  /// The address for a client.
  public var endpoint: String { "http://127.0.0.1:\(listener.withLock { $0?.port ?? 0 })" }
  /// The objects by their keys.
  public var objects: [String: [UInt8]] { content.withLock { $0.objects } }
  /// The requests so far, each method and path.
  public var log: [String] { content.withLock { $0.log } }

  /// Begins to listen.
  ///
  /// - Parameter trouble: Returns the trouble that a request has.
  public init(_ trouble: @escaping @Sendable (AskedObject) -> Trouble? = { _ in nil }) throws {
    self.trouble = Mutex(trouble)
    let new = try Listener { [weak self] conversation in
      while let asked = AskedObject.read(conversation) {
        guard let self, serve(asked, conversation) else { return }
      }
    }
    listener.withLock { $0 = new }
  }

  /// Replaces the troubles.
  public func setTrouble(_ new: @escaping @Sendable (AskedObject) -> Trouble?) {
    trouble.withLock { $0 = new }
  }

  /// Answers a request.
  ///
  /// - Returns: Whether the conversation goes on.
  private func serve(_ asked: AskedObject, _ conversation: Conversation) -> Bool {
    content.withLock { $0.log.append("\(asked.method) \(asked.path)") }
    let decide = trouble.withLock { $0 }
    let trouble = decide(asked)
    switch trouble {
    case .silence:
      _ = conversation.bytes(1 << 20)
      return false
    case .status(let status, let code):
      conversation.say(StubAnswer.error(status, code).bytes(for: asked.method))
      return true
    case .lostAnswer, nil: break
    }
    let check = SignatureCheck(
      accessKey: Self.accessKey, secretKey: Self.secretKey, region: Self.region)
    let answer = check.fault(asked).map { .error(403, $0) } ?? content.withLock { $0.answer(asked) }
    if case .lostAnswer = trouble { return false }
    conversation.say(answer.bytes(for: asked.method))
    return true
  }
}
