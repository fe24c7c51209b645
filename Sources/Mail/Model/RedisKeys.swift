import Redis

/// The keys of mail in Redis. They share the hash tag of the queue ``MailQueues/normal``, whose own keys
/// (`ready`, `bell`, …) have other names.
struct RedisKeys: Sendable {
  /// The prefix of all keys of the installation.
  let prefix: String

  /// The instant up to which the rate of messages is used up.
  var rate: RedisArgument { key("rate") }
  /// Present while a send of the first priority waits for the rate.
  var rateFirst: RedisArgument { key("rate:first") }
  /// The number of messages in the current hour.
  var hour: RedisArgument { key("hour") }
  /// The number of messages in the current day.
  var day: RedisArgument { key("day") }
  /// The holders of connections by the time of their last heartbeat.
  var connections: RedisArgument { key("connections") }
  /// Present while a send of the first priority waits for a connection.
  var connectionsFirst: RedisArgument { key("connections:first") }
  /// The latest outcomes, 1 for a refusal of the sending side.
  var refusals: RedisArgument { key("refusals") }
  /// The stream of engagements that the database did not accept.
  var engagements: RedisArgument { key("acts") }

  private func key(_ name: String) -> RedisArgument {
    RedisArgument("\(prefix):{\(MailQueues.normal)}:\(name)")
  }
}
