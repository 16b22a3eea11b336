"""A residual block."""

from __future__ import annotations

from torch import Tensor, nn

from fashiontui.config.layers import Residual


class ResidualBlock(nn.Module):
    """x + f(x), f being twice batch norm, ReLU, 3×3 convolution: He et al. 2016 (1603.05027), with dropout between as in
    Zagoruyko & Komodakis 2016 (1605.07146).

    Where the shape changes, a 1×1 convolution of the normalised, rectified input stands for x. Its stride is taken by
    leaving out pixels first: oneDNN's strided 1×1 convolution writes outside its memory, or never ends, when it learns
    from few channels whose values lie side by side (github.com/uxlfoundation/oneDNN/issues/6035).
    """

    def __init__(self, layer: Residual) -> None:
        super().__init__()
        into, out, stride = layer.in_channels, layer.out_channels, layer.stride
        self.batch_norm1 = nn.BatchNorm2d(into)
        self.relu1 = nn.ReLU()
        self.conv1 = nn.Conv2d(into, out, 3, stride=stride, padding=1, bias=False)
        self.batch_norm2 = nn.BatchNorm2d(out)
        self.relu2 = nn.ReLU()
        self.dropout = nn.Dropout(layer.dropout)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1, bias=False)
        self.shortcut = nn.Conv2d(into, out, 1, bias=False) if layer.changes_shape else None
        self.stride = stride

    def forward(self, values: Tensor) -> Tensor:
        """(n, in channels, h, w) → (n, out channels, h / stride, w / stride)."""
        inner = self.relu1(self.batch_norm1(values))
        along = values
        if self.shortcut is not None:
            along = self.shortcut(inner[:, :, :: self.stride, :: self.stride])
        inner = self.relu2(self.batch_norm2(self.conv1(inner)))
        return along + self.conv2(self.dropout(inner))  # type: ignore[no-any-return]
