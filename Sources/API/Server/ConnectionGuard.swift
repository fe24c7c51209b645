import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// The connection ended within a request's content.
struct ConnectionCutOff: Error {}

/// Watches over one connection between the HTTP codec and the handlers.
///
/// - A connection that ends within a request's content is an error for its reader. Otherwise the
///   end of the bytes would look like the end of the content, and half an upload like a whole one.
/// - An answer with `Connection: close` closes the connection. When the client is still sending, it
///   first gets time to read the answer: closing at once would reset the connection and could lose
///   the answer. What arrives meanwhile is dropped.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// The time and the bytes for which a client may go on sending after its answer.
  private static let lingerTime = TimeAmount.seconds(3)
  private static let lingerBytes = 4 * 1024 * 1024

  private let connections: OpenConnections
  private var isReceiving = false
  /// Requests that are not answered; a client may send several at once.
  private var unanswered = 0
  private var closesAfterAnswer = false
  private var isLingering = false
  private var droppedBytes = 0

  init(connections: OpenConnections) { self.connections = connections }

  func handlerAdded(context: ChannelHandlerContext) {
    do {
      let pipeline = context.pipeline.syncOperations
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try pipeline.addHandler(VersionGuard(), position: .after(decoder))
    } catch {
      context.fireErrorCaught(error)
    }
    if context.channel.isActive { connections.opened(context.channel) }
  }

  func channelActive(context: ChannelHandlerContext) {
    connections.opened(context.channel)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    switch part {
    case .head:
      if isLingering { return }
      isReceiving = true
      connections.set(.receiving, context.channel)
    case .body(let bytes):
      if isLingering {
        droppedBytes += bytes.readableBytes
        if droppedBytes > Self.lingerBytes { context.close(promise: nil) }
        return
      }
    case .end:
      isReceiving = false
      if isLingering {
        context.close(promise: nil)
        return
      }
      // An answer may have come before the end of its request.
      unanswered += 1
      connections.set(unanswered > 0 ? .answering : .idle, context.channel)
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    // No handler requests bytes that are only dropped.
    if isLingering { context.read() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    connections.closed(context.channel)
    reportCutOff(context)
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed {
      connections.left(context.channel)
      reportCutOff(context)
    }
    context.fireUserInboundEventTriggered(event)
  }

  private func reportCutOff(_ context: ChannelHandlerContext) {
    guard isReceiving else { return }
    isReceiving = false
    context.fireErrorCaught(ConnectionCutOff())
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      if head.headerFields[.connection]?.lowercased() == "close" { closesAfterAnswer = true }
      context.write(data, promise: promise)
    case .body:
      context.write(data, promise: promise)
    case .end:
      unanswered -= 1
      if !isReceiving, unanswered <= 0 { connections.set(.idle, context.channel) }
      guard closesAfterAnswer else {
        context.write(data, promise: promise)
        return
      }
      let written = promise ?? context.eventLoop.makePromise()
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      written.futureResult.whenComplete { _ in
        let (guardian, context) = bound.value
        guardian.close(context)
      }
      context.writeAndFlush(data, promise: written)
    }
  }

  private func close(_ context: ChannelHandlerContext) {
    guard isReceiving else {
      context.close(promise: nil)
      return
    }
    isLingering = true
    context.close(mode: .output, promise: nil)
    context.read()
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: Self.lingerTime) { bound.value.close(promise: nil) }
  }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}
