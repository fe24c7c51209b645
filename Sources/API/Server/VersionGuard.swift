import NIOCore
import NIOHTTP1

/// Sees to it that a request has the parts of its version of HTTP, and its answer too.
///
/// - A request of HTTP/1.0 is answered in HTTP/1.0: without chunks, and the connection ends with the answer.
/// - A request of HTTP/1.1 without a host, or any with several, is refused.
///
/// It stands between the codec and what turns its parts into types without a version.
final class VersionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private var isOld = false
  private var isRefused = false
  private var unanswered = 0

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isRefused { return }
    guard case .head(var head) = unwrapInboundIn(data) else {
      context.fireChannelRead(data)
      return
    }
    isOld = head.version.major < 1 || (head.version.major == 1 && head.version.minor < 1)
    let hosts = head.headers["host"].count
    guard hosts == 1 || (hosts == 0 && isOld) else {
      refuse(context)
      return
    }
    unanswered += 1
    if isOld { head.headers.replaceOrAdd(name: "connection", value: "close") }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  private func refuse(_ context: ChannelHandlerContext) {
    isRefused = true
    // An answer is still due to an earlier request: this one gets none.
    guard unanswered == 0 else { return context.close(promise: nil) }
    let head = HTTPResponseHead(
      version: .http1_1, status: .badRequest,
      headers: ["connection": "close", "content-length": "0"])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    context.close(promise: nil)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where isOld && head.status.code >= 200:
      head.version = .http1_0
      head.headers.replaceOrAdd(name: "connection", value: "close")
      head.headers.remove(name: "transfer-encoding")
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .head(let head) where isOld && head.status.code < 200:
      // The older version knows no answers before the answer.
      promise?.succeed()
    case .end:
      unanswered -= 1
      context.write(data, promise: promise)
    default:
      context.write(data, promise: promise)
    }
  }
}

@available(*, unavailable)
extension VersionGuard: Sendable {}
