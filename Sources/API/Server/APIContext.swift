import Hummingbird
import Logging
import NIOCore

/// What the server tells about the connection a request came by.
struct APIContext: InitializableFromSource {
  let channel: any Channel
  let logger: Logger

  init(source: ApplicationRequestContextSource) {
    channel = source.channel
    logger = source.logger
  }

  /// The client's address without the port.
  var remoteAddress: String { channel.remoteAddress?.ipAddress ?? "local" }
}
