class NescioAdamW(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  def step(self: __torch__.NescioAdamW,
    parameter: Tensor, gradient: Tensor, mean: Tensor, square: Tensor,
    keep: float, beta1: float, beta2: float, rate: float, root: float, eps: float) -> Tensor:
    _0 = torch.mul_(parameter, keep)
    _1 = torch.lerp_(mean, gradient, torch.sub(1., beta1))
    _2 = torch.addcmul_(torch.mul_(square, beta2), gradient, gradient, value=torch.sub(1., beta2))
    divisor = torch.add_(torch.div_(torch.sqrt(square), root), eps)
    _3 = torch.addcdiv_(parameter, mean, divisor, value=torch.neg(rate))
    return torch.zero_(gradient)
  def squares(self: __torch__.NescioAdamW, gradient: Tensor) -> Tensor:
    return torch.dot(gradient, gradient)
  def scale(self: __torch__.NescioAdamW, gradient: Tensor, factor: float) -> Tensor:
    return torch.mul_(gradient, factor)
  def put(self: __torch__.NescioAdamW, target: Tensor, source: Tensor) -> Tensor:
    return torch.copy_(target, source)
