import ServiceLifecycle

/// Tells one listener of this process that something happened. One signal that waits stands for all that came
/// meanwhile, so that however much happens, the listener is called now and then.
public struct WakeSignals: Sendable {
  private let signals: AsyncStream<Void>
  private let source: AsyncStream<Void>.Continuation

  /// Signals, which are remembered from now on.
  public init() {
    (signals, source) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Something happened.
  public func signal() { source.yield() }

  /// Calls a closure at once for the first signal, then at most so often, and for the last one too, until
  /// graceful shutdown or cancellation.
  public func each(atMostEvery pause: Duration, _ wake: () async -> Void) async {
    await withGracefulShutdownHandler {
      for await _ in signals {
        await wake()
        do { try await Task.sleep(for: pause) } catch { return }
      }
    } onGracefulShutdown: {
      source.finish()
    }
  }
}
